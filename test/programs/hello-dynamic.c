// flags: -dynamic
// hello, dynamically linked: needs a loader and a C library of its platform.
#include "hello.c"
