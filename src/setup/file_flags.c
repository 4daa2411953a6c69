#include "setup/file_flags.h"

#include "output/atomic_file.h"

unsigned file_flags_make(const struct options *options)
{
    return (options->no_clobber ? ATOMIC_FILE_NO_CLOBBER : 0U) |
           (options->restart ? ATOMIC_FILE_RESTART : 0U) |
           (options->resume ? ATOMIC_FILE_RESUME : 0U);
}
