#include "agent.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc >= 2 && !strcmp(argv[1], "serve")) serve();
  if (argc >= 2 && !strcmp(argv[1], "lane")) return enter_lane(argc - 2, argv + 2);
  if (argc >= 2 && !strcmp(argv[1], "init")) run_init();
  if (argc >= 3 && !strcmp(argv[1], "adopt")) adopt(argv[2]);
  if (argc >= 5 && !strcmp(argv[1], "handover")) return hand_over(argv + 2);
  if (argc >= 3 && !strcmp(argv[1], "guard")) return guard(argv + 2);
  if (argc >= 2 && !strcmp(argv[1], "guest")) return run_guest();
  if (argc >= 2 && !strcmp(argv[1], "calibrate")) return calibrate();
  if (argc >= 2 && !strcmp(argv[1], "--version")) return puts(AGENT_VERSION) < 0;
  fputs("archparity-agent: usage: archparity-agent serve|lane|init|adopt|handover|guard|guest|calibrate|--version\n", stderr);
  return 64;
}
