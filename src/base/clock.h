/*
 * The steady clock of the run. Only what waits or measures asks it; all else is
 * told the time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);
int64_t clock_us(void);

#endif
