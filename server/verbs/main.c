/* smon: the program. Everything it can do stands in the table of verbs.c. */
#include <signal.h>

#include "verbs/verbs.h"
#include "wire/doc.h"

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that goes away is a failed write, not our end */
    doc_setup();
    return verbs_main(argc, argv);
}
