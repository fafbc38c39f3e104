/* smon: the program. Everything it can do stands in the table of verbs.c. */
#include "base/process.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

int main(int argc, char **argv)
{
    process_setup();
    doc_setup();
    return verbs_main(argc, argv);
}
