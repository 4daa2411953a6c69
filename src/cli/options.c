#include "cli/options.h"

#include <stdlib.h>

void options_clear(struct options *options)
{
    for (size_t i = 0; i < options->map_count; i++)
        free(options->maps[i].from);
    free(options->maps);
    for (size_t i = 0; i < options->allow_count; i++)
        free(options->allows[i].from);
    free(options->allows);
    for (size_t i = 0; i < options->where_count; i++)
        free(options->wheres[i].from);
    free(options->wheres);
    free(options->ignores);
    free(options->endpoint);
    free(options->ping);
    free(options->budget);
    for (char **word = options->words; word && *word; word++)
        free(*word);
    free(options->words);
    *options = (struct options){.action = OPTIONS_RUN};
}
