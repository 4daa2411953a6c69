#include "changes/value_file.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_HEADER = 'h' };

int value_file_open(struct value_file *file,
                    const struct atomic_file_setup *setup, const char *title,
                    const char *output, struct error *error)
{
    *file = (struct value_file){
        .files = setup->files, .title = title, .output = output};
    file->writer = writer_open(setup, error);
    if (!file->writer)
        return -1;
    file->journal_path = strdup(writer_journal_name(file->writer));
    if (!file->journal_path)
        return error_memory(error);
    file->journal =
        journal_open(file->files, file->journal_path, &file->missing, error);
    return file->journal || file->missing ? 0 : -1;
}

void value_file_close(struct value_file *file)
{
    journal_free(file->journal);
    writer_free(file->writer);
    free(file->journal_path);
}

/* Is that the header of a run with this OUTPUT? */
static bool is_own(const struct value_file *file,
                   const struct journal_record *record)
{
    size_t len = strlen(file->title);

    return record->type == RECORD_HEADER &&
           strncmp(record->text, file->title, len) == 0 &&
           strcmp(record->text + len, file->output) == 0;
}

enum value_file_found value_file_scan(
    struct value_file *file,
    void (*note)(void *context, const struct journal_record *record),
    void *context, struct error *error)
{
    struct journal_record record;
    int found = journal_read(file->journal, &record, error);

    if (found == 0)
        return VALUE_FILE_UNBEGUN;
    if (found > 0 && !is_own(file, &record))
        return VALUE_FILE_OTHER;
    while (found > 0) {
        found = journal_read(file->journal, &record, error);
        if (found > 0)
            note(context, &record);
    }
    return found < 0 ? VALUE_FILE_UNREADABLE : VALUE_FILE_OWN;
}

int value_file_continue(struct value_file *file, struct error *error)
{
    return value_file_truncate(file, error) ||
                   journal_sync(file->journal, error)
               ? -1
               : 0;
}

int value_file_put(struct value_file *file, char type, const char *text,
                   size_t len)
{
    struct buffer *record = journal_begin(file->journal, type);

    return !record || buffer_append(record, text, len) ||
                   journal_end(file->journal)
               ? -1
               : 0;
}

int value_file_create(struct value_file *file, struct error *error)
{
    struct buffer header;
    int failed;

    file->journal = journal_create(file->files, file->journal_path, error);
    if (!file->journal)
        return -1;
    buffer_init(&header, JOURNAL_MAX_TEXT);
    failed = buffer_puts(&header, file->title) ||
             buffer_puts(&header, file->output) ||
             value_file_put(file, RECORD_HEADER, header.data, header.len);
    buffer_free(&header);
    return failed ? error_memory(error) : journal_sync(file->journal, error);
}

int value_file_discard(struct value_file *file, struct error *error)
{
    if (journal_remove(file->journal, error))
        return -1;
    journal_free(file->journal);
    file->journal = NULL;
    file->missing = true;
    return 0;
}

/* The lock on the staging file of FILE lasts meanwhile. */
int value_file_reopen(struct value_file *file, bool failed, struct error *error)
{
    struct error ignored;
    bool missing;

    /* After a failed write, what was synced counts: nothing else was sent. */
    if (journal_sync(file->journal, failed ? &ignored : error) && !failed)
        return -1;
    journal_free(file->journal);
    file->journal =
        journal_open(file->files, file->journal_path, &missing, error);
    if (file->journal)
        return 0;
    if (missing)
        return error_set(error, ERROR_LOCAL, "%s was removed during the run",
                         file->journal_path);
    error->kind = ERROR_LOCAL;
    return -1;
}

int value_file_truncate(struct value_file *file, struct error *error)
{
    return journal_is_cut(file->journal)
               ? journal_truncate(file->journal, error)
               : 0;
}

int value_file_remove(struct value_file *file, struct error *error)
{
    writer_discard(file->writer);
    return file->journal ? journal_remove(file->journal, error) : 0;
}
