/*
 * A question to the person at the terminal.
 */
#ifndef RUN_TERMINAL_H
#define RUN_TERMINAL_H

/* Prints the question on standard error, and reads a line from standard input.
 * 1: the line is "yes"; 0: it is another one, or there is none; -1: they are
 * not both terminals, and nothing was printed. What was typed before the
 * question does not count. */
int terminal_ask(const char *question);

#endif
