#include "run/terminal.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_SIZE 16

int terminal_ask(const char *question)
{
    char answer[ANSWER_SIZE];
    ssize_t len;

    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return -1;
    /* Commands that were pasted after this one must not be the answer. */
    (void)tcflush(STDIN_FILENO, TCIFLUSH);
    (void)fputs(question, stderr);
    /* A terminal delivers a line. A signal ends the reading. */
    len = read(STDIN_FILENO, answer, sizeof(answer));
    if (len <= 0)
        (void)fputc('\n', stderr);
    else if (answer[len - 1] != '\n')
        (void)tcflush(STDIN_FILENO, TCIFLUSH); /* nor a command */
    return len == 4 && memcmp(answer, "yes\n", 4) == 0;
}
