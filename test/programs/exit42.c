// Exits with 42 and says nothing.
int main(void) { return 42; }
