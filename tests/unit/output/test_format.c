#include "unit.h"

#include <errno.h>

#include "input/csv_reader.h"
#include "input/row_parser.h"
#include "output/cell.h"
#include "output/format.h"

#define TEXT_MAX ((size_t)1 << 16)

static struct format make_format(enum mode mode)
{
    return (struct format){.mode = mode, .service = &service_rest};
}

/* A task whose outcome the test sets; cells are those of its rows. */
struct trial {
    struct format format;
    struct group group;
    struct task_result task;
    struct buffer text;
};

static void start_trial(struct trial *trial, enum mode mode,
                        const char *const *cells)
{
    struct row **end = &trial->group.rows;

    *trial = (struct trial){.format = make_format(mode)};
    for (uint64_t number = 41; *cells; cells++) {
        *end = make_row(number++, "7", *cells);
        end = &(*end)->next;
    }
    trial->task = (struct task_result){.group = &trial->group};
    merge_init(&trial->task.merge, trial->group.rows);
    buffer_init(&trial->text, TEXT_MAX);
}

static void end_trial(struct trial *trial)
{
    service_rest.user_free(trial->task.user);
    row_free_all(trial->group.rows);
    buffer_free(&trial->text);
}

static void set_user(struct trial *trial, const char *body)
{
    struct http_response response = make_response(200, body);
    struct api_error api_error;

    if (service_rest.parse_get(NULL, &response, "7", &trial->task.user,
                               &api_error))
        fail_msg("%s", api_error.text);
}

static column_mask mask_of(const char *const *names)
{
    column_mask mask = 0;

    for (; *names; names++)
        mask |= column_bit(column_named(*names, strlen(*names)));
    return mask;
}

/* The result rows of all rows of the task. */
static const char *format_all(struct trial *trial)
{
    buffer_clear(&trial->text);
    for (const struct row *row = trial->group.rows; row; row = row->next)
        assert_int_equal(
            format_row(&trial->text, &trial->format, &trial->task, row), 0);
    return trial->text.data;
}

/* ---- fields ---------------------------------------------------------------
 */

/* A field must be quoted, with its quotes doubled, if it contains a comma, a
 * quote or a line end, and only then. */
static void test_fields(void **state)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"plain", "plain"},
        {" a b ", " a b "},
        {"a;b", "a;b"},
        {"M\xC3\xBCnchen", "M\xC3\xBCnchen"},
        {"a,b", "\"a,b\""},
        {",", "\",\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {"a\r\n", "\"a\r\n\""},
        {"\"", "\"\"\"\""},
        {"\"a\"", "\"\"\"a\"\"\""},
        {"a\"\"b", "\"a\"\"\"\"b\""},
        {"a,\"b\",c", "\"a,\"\"b\"\",c\""},
        {"it's", "it's"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out;

        buffer_init(&out, TEXT_MAX);
        assert_int_equal(buffer_puts(&out, "<"), 0);
        assert_int_equal(cell_put_plain(&out, cases[i].text), 0);
        assert_string_equal(out.data + 1, cases[i].field);
        buffer_free(&out);
    }
}

/* ---- headers --------------------------------------------------------------
 */

/* The header must be the documented one in every mode except export, whose
 * header must have all columns, the Id first. */
static void test_headers(void **state)
{
    static const enum mode modes[] = {MODE_APPLY, MODE_CHECK, MODE_DRY_RUN,
                                      MODE_RECONCILE};
    struct format format;
    struct buffer out;

    (void)state;
    buffer_init(&out, TEXT_MAX);
    for (size_t i = 0; i < COUNT(modes); i++) {
        format = make_format(modes[i]);
        buffer_clear(&out);
        assert_int_equal(format_header(&out, &format), 0);
        assert_string_equal(
            out.data, "Row,Id,Status,LastModifiedTime,ErrorCode,ErrorName,"
                      "ErrorMessage,Field,Retryable,HttpStatus,TrackingId,"
                      "Attempts,Changed,Note\n");
    }
    format = make_format(MODE_EXPORT);
    buffer_clear(&out);
    assert_int_equal(format_header(&out, &format), 0);
    assert_string_equal(
        out.data,
        "Id,City,CountryCode,AddressId,Line1,Line2,Line3,Line4,PostalCode,"
        "StateOrProvince,AddressTimeStamp,ContactByPhone,ContactByPostalMail,"
        "Email,EmailFormat,Fax,HomePhone,ContactInfoId,Mobile,Phone1,Phone2,"
        "CustomerId,JobTitle,LastModifiedByUserId,LastModifiedTime,Lcid,"
        "FirstName,LastName,MiddleInitial,SecretAnswer,SecretQuestion,"
        "UserLifeCycleStatus,TimeStamp,UserName,_Status,_ErrorName,"
        "_ErrorMessage\n");
    buffer_clear(&out);
    assert_int_equal(format_diff_header(&out, &format), 0);
    assert_string_equal(out.data, "Row,Id,Column,Old,New\n");
    buffer_free(&out);
}

/* ---- result rows ----------------------------------------------------------
 */

/* For every status the row must have the fields that belong to it and no
 * others: no error on success, no time on failure. */
static void test_rows_of_statuses(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const changed[] = {"City", "FirstName", NULL};
    static const struct {
        enum status status;
        bool retryable;
        const char *row;
    } cases[] = {
        {STATUS_UPDATED, false,
         "41,7,Updated,T1,,,,,,200,TR,2,City;FirstName,\n"},
        {STATUS_UNCHANGED, false,
         "41,7,Unchanged,T1,,,,,,200,TR,2,City;FirstName,\n"},
        {STATUS_WOULD_UPDATE, false,
         "41,7,WouldUpdate,T1,,,,,,200,TR,2,City;FirstName,\n"},
        {STATUS_MATCH, false, "41,7,Match,T1,,,,,,200,TR,2,City;FirstName,\n"},
        {STATUS_DRIFT, false,
         "41,7,Drift,T1,,,,,no,200,TR,2,City;FirstName,\n"},
        {STATUS_FAILED, false,
         "41,7,Failed,,211,NameTooLong,\"too, long\",,no,200,TR,2,"
         "City;FirstName,\n"},
        {STATUS_FAILED, true,
         "41,7,Failed,,211,NameTooLong,\"too, long\",,yes,200,TR,2,"
         "City;FirstName,\n"},
        {STATUS_CONFLICT, false,
         "41,7,Conflict,,211,NameTooLong,\"too, long\",,no,200,TR,2,"
         "City;FirstName,\n"},
        {STATUS_UNKNOWN, true,
         "41,7,Unknown,,211,NameTooLong,\"too, long\",,yes,200,TR,2,"
         "City;FirstName,\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;
        struct outcome *outcome = &trial.task.outcome;

        start_trial(&trial, MODE_APPLY, cells);
        *outcome = (struct outcome){
            .status = cases[i].status,
            .retryable = cases[i].retryable,
            .attempts = 2,
            .changed = mask_of(changed),
            .last_modified = "T1",
            .last = {.numbered = true,
                     .code = 211,
                     .name = "NameTooLong",
                     .text = "too, long",
                     .http_status = 200,
                     .tracking_id = "TR"},
        };
        assert_string_equal(format_all(&trial), cases[i].row);
        end_trial(&trial);
    }
}

/* A field without a value must be empty; 0 must be written if it is an error
 * number of the service. */
static void test_empty_fields(void **state)
{
    static const char *const cells[] = {"", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    trial.task.outcome.status = STATUS_UNCHANGED;
    assert_string_equal(format_all(&trial), "41,7,Unchanged,,,,,,,,,0,,\n");
    trial.task.outcome.status = STATUS_FAILED;
    trial.task.outcome.last.numbered = true;
    trial.task.outcome.field = "City";
    assert_string_equal(format_all(&trial), "41,7,Failed,,0,,,City,no,,,0,,\n");
    end_trial(&trial);
}

/* The Id must be written as it was given, not as it is compared. */
static void test_id_as_given(void **state)
{
    static const char *const cells[] = {"", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    trial.group.rows->id = "007";
    assert_string_equal(format_all(&trial), "41,007,Updated,,,,,,,,,0,,\n");
    end_trial(&trial);
}

/* A row must name those of its cells that a later row overruled, and no
 * others. */
static void test_notes(void **state)
{
    static const struct {
        const char *cells[4];
        const char *notes[3];
    } cases[] = {
        {{"City=Ulm"}, {""}},
        {{"City=Ulm", "City=Jena"}, {"City is taken from row 42", ""}},
        {{"City=Ulm", "City=Ulm"}, {"", ""}},
        {{"City=Ulm", "Fax=1"}, {"", ""}},
        {{"City=", "City="}, {"", ""}},
        {{"City=Ulm", "City="}, {"City is taken from row 42", ""}},
        {{"City= Ulm|Fax=1", "City=Jena\xC2\xA0|LastName=NULL"},
         {"City is taken from row 42",
          "City ends with an invisible character (U+00A0); LastName is a word "
          "that programs write for an empty value"}},
        {{"City=Ulm|Fax=1|FirstName=A", "Fax=2", "City=Jena|FirstName=A"},
         {"City is taken from row 43; Fax is taken from row 42", "", ""}},
        {{"City=Ulm", "City=Jena", "City=Ulm"},
         {"", "City is taken from row 43", ""}},
        {{"TimeStamp=AAAA", "TimeStamp=BBBB"}, {"", ""}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;
        char wanted[1024] = "";
        size_t used = 0;

        start_trial(&trial, MODE_APPLY, cases[i].cells);
        for (unsigned j = 0; cases[i].cells[j]; j++)
            used += (size_t)snprintf(wanted + used, sizeof(wanted) - used,
                                     "%u,7,Updated,,,,,,,,,0,,%s\n", 41 + j,
                                     cases[i].notes[j]);
        assert_string_equal(format_all(&trial), wanted);
        end_trial(&trial);
    }
}

/* A row whose guard matched this run's own update must say so after its other
 * notes. */
static void test_note_of_own_write(void **state)
{
    static const char own[] = "LastModifiedTime was changed by this run's own "
                              "update of another user of the same person\n";
    static const char *const cells[] = {"City=Ulm", "City=Jena", NULL};
    struct trial trial;
    char wanted[512];

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    trial.task.outcome.own_write = true;
    (void)snprintf(wanted, sizeof(wanted),
                   "41,7,Updated,,,,,,,,,0,,City is taken from row 42; %s"
                   "42,7,Updated,,,,,,,,,0,,%s",
                   own, own);
    assert_string_equal(format_all(&trial), wanted);
    end_trial(&trial);
}

/* Changed columns must be listed in the service's order, whatever the order of
 * the row's cells. */
static void test_changed(void **state)
{
    static const char *const cells[] = {"", NULL};
    static const char *const names[] = {"UserName", "LastName", "City",
                                        "Lcid",     "Phone2",   NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_RECONCILE, cells);
    trial.task.outcome.status = STATUS_DRIFT;
    trial.task.outcome.changed = mask_of(names);
    assert_string_equal(format_all(&trial),
                        "41,7,Drift,,,,,,no,,,0,"
                        "City;Phone2;Lcid;LastName;UserName,\n");
    end_trial(&trial);
}

/* A row that never became part of a task must say why, and whether it can be
 * retried. */
static void test_rows_alone(void **state)
{
    const struct format format = make_format(MODE_APPLY);
    struct error why = {.kind = ERROR_NONE};
    const struct row_alone rows[] = {
        {3, "007", STATUS_FAILED, &why, NULL},
        {4, "", STATUS_FAILED, &why, NULL},
        {5, "a,\"b\"\n", STATUS_NOT_ATTEMPTED, NULL, NULL},
        {UINT64_MAX, "8", STATUS_VALID, NULL, NULL},
    };
    struct buffer out;

    (void)state;
    buffer_init(&out, TEXT_MAX);
    error_value(&why, "ValueTooLong", "City", "41 characters; at most %d", 35);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(format_row_alone(&out, &format, &rows[i]), 0);
    assert_string_equal(
        out.data,
        "3,007,Failed,,,ValueTooLong,41 characters; at most 35,City,no,,,0,,\n"
        "4,,Failed,,,ValueTooLong,41 characters; at most 35,City,no,,,0,,\n"
        "5,\"a,\"\"b\"\"U+000A\",NotAttempted,,,,,,yes,,,0,,\n"
        "18446744073709551615,8,Valid,,,,,,,,,0,,\n");
    buffer_free(&out);
}

/* ---- --export -------------------------------------------------------------
 */

/* A user must be exported with every value as the service returns it, in the
 * header's order; never the password or the business name. */
static void test_exports_user(void **state)
{
    static const char *const cells[] = {"", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_EXPORT, cells);
    set_user(
        &trial,
        "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\",\"Password\":\"p\","
        "\"CustomerId\":5,\"UserName\":\"a,b\",\"JobTitle\":null,"
        "\"LastModifiedTime\":\"2026-01-02T03:04:05\",\"Name\":{"
        "\"FirstName\":\"\\\"Ann\\\"\",\"LastName\":\"L\\ne\"},"
        "\"SecretQuestion\":\"None\",\"ContactInfo\":{\"ContactByPhone\":"
        "false,\"Fax\":\"\",\"Address\":{\"TimeStamp\":\"BBBB\","
        "\"City\":\"M\\u00fcnchen\",\"BusinessName\":\"b\"}}}}");
    trial.task.outcome.status = STATUS_EXPORTED;
    trial.group.rows->id = "07";
    assert_string_equal(format_all(&trial),
                        "07,M\xC3\xBCnchen,,,,,,,,,BBBB,false,,,,,,,,,,5,,,"
                        "2026-01-02T03:04:05,,\"\"\"Ann\"\"\",\"L\ne\",,,None,,"
                        "AAAA,\"a,b\",Exported,,\n");
    end_trial(&trial);
}

/* On request, no value must become the clear token in a column that can be
 * cleared, and only there. */
static void test_exports_clear_token(void **state)
{
    static const char *const cells[] = {"", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_EXPORT, cells);
    trial.format.clear_token = "-";
    set_user(&trial, "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\","
                     "\"JobTitle\":null,\"SecretQuestion\":\"None\","
                     "\"ContactInfo\":{\"Fax\":\"\",\"Phone1\":\"1\"}}}");
    trial.task.outcome.status = STATUS_EXPORTED;
    assert_string_equal(format_all(&trial),
                        "7,-,-,,-,-,-,-,-,-,,-,-,-,-,-,-,,-,1,-,,-,,,-,-,-,-,-,"
                        "None,,AAAA,,Exported,,\n");
    end_trial(&trial);
}

static unsigned count_commas(const char *text)
{
    unsigned count = 0;

    for (; *text; text++)
        count += *text == ',';
    return count;
}

/* A user that could not be exported must have the error in the last three
 * fields, in a row with as many fields as the header. */
static void test_exports_failures(void **state)
{
    static const char *const cells[] = {"", NULL};
    static const char tail[] = ",,Failed,EntityNotExistent,gone\n";
    struct error why = {.kind = ERROR_NONE};
    struct trial trial;
    const char *text;
    unsigned width;

    (void)state;
    start_trial(&trial, MODE_EXPORT, cells);
    assert_int_equal(format_header(&trial.text, &trial.format), 0);
    width = count_commas(trial.text.data);
    trial.task.outcome.status = STATUS_FAILED;
    trial.task.outcome.last = (struct api_error){.numbered = true,
                                                 .code = 210,
                                                 .name = "EntityNotExistent",
                                                 .text = "gone",
                                                 .http_status = 400};
    text = format_all(&trial);
    assert_int_equal(count_commas(text), width);
    assert_int_equal(strncmp(text, "7,,", 3), 0);
    assert_string_equal(text + strlen(text) - strlen(tail), tail);

    buffer_clear(&trial.text);
    error_value(&why, "InvalidId", "Id", "no number");
    assert_int_equal(format_row_alone(&trial.text, &trial.format,
                                      &(struct row_alone){1, "x", STATUS_FAILED,
                                                          &why, NULL}),
                     0);
    assert_int_equal(count_commas(trial.text.data), width);
    assert_int_equal(strncmp(trial.text.data, "x,,", 3), 0);
    assert_non_null(strstr(trial.text.data, ",,Failed,InvalidId,no number\n"));
    end_trial(&trial);
}

/* What --export wrote, read again: one row. */
struct reading {
    struct header header;
    struct row *row;
};

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct reading *reading = context;

    if (record->number == 0)
        return header_parse(&reading->header, "export.csv", record, error);
    assert_null(reading->row);
    return row_parse(&reading->header, record, &reading->row, error);
}

static struct row *read_again(const struct buffer *text)
{
    const struct input_rules rules = {
        .service = &service_rest, .clear_token = "delete_value", .shards = 1};
    struct reading reading = {.row = NULL};
    struct csv_reader *reader =
        csv_reader_new("export.csv", ',', take_record, &reading);
    struct error error;

    header_init(&reading.header, &rules);
    assert_non_null(reader);
    if (csv_reader_feed(reader, text->data, text->len, &error) ||
        csv_reader_end(reader, &error))
        fail_msg("%s", error.text);
    assert_non_null(reading.row);
    csv_reader_free(reader);
    return reading.row;
}

/* An export that is applied unchanged must cause no update, and all its guards
 * must match. */
static void test_export_applied_unchanged(void **state)
{
    static const char *const cells[] = {"", NULL};
    static const char *const users[] = {
        "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\"}}",
        "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAAAAAAAAE=\","
        "\"CustomerId\":5,\"UserName\":\" a,\\\"b\\\"\\n_c \","
        "\"JobTitle\":null,\"LastModifiedTime\":\"2026-01-02T03:04:05.1234567"
        "\",\"LastModifiedByUserId\":\"0\",\"Lcid\":\"EnglishUS\","
        "\"SecretQuestion\":\"None\",\"SecretAnswer\":\"true, or\\rnot\","
        "\"UserLifeCycleStatus\":\"Active\",\"Name\":{\"FirstName\":\"\\\"\","
        "\"LastName\":\"M\\u00fcller\\ud83d\\ude00\",\"MiddleInitial\":"
        "\"\"},\"ContactInfo\":{\"Id\":\"9007199254740993\","
        "\"ContactByPhone\":false,\"ContactByPostalMail\":true,"
        "\"EmailFormat\":\"Text\",\"Address\":{\"TimeStamp\":\"BBBB\","
        "\"Id\":\"-3\",\"City\":\"'=1+1\",\"CountryCode\":\"DE\"}}}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        struct trial trial;
        struct merge merge;
        struct row *row;

        start_trial(&trial, MODE_EXPORT, cells);
        set_user(&trial, users[i]);
        trial.task.outcome.status = STATUS_EXPORTED;
        assert_int_equal(format_header(&trial.text, &trial.format), 0);
        assert_int_equal(format_row(&trial.text, &trial.format, &trial.task,
                                    trial.group.rows),
                         0);
        row = read_again(&trial.text);
        merge_init(&merge, row);
        assert_true(merge_differences(&merge, &service_rest, trial.task.user,
                                      MERGE_DRIFT) == 0);
        assert_int_equal(
            merge_failed_guards(&service_rest, trial.task.user, row), 0);
        row_free(row);
        end_trial(&trial);
    }
}

/* ---- --diff ---------------------------------------------------------------
 */

/* Each column that would change must be listed once, for the row whose cell
 * won, with the old and the new value. */
static void test_diff(void **state)
{
    static const char *const cells[] = {
        "City=Ulm|Fax=1|JobTitle=", "City=\"J,\"|SecretQuestion=|Mobile=2",
        NULL};
    static const char *const changed[] = {"City", "Fax", "JobTitle",
                                          "SecretQuestion", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_DRY_RUN, cells);
    set_user(&trial,
             "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"A\",\"JobTitle\":"
             "\"Chief, here\",\"SecretQuestion\":\"Anniversary\","
             "\"ContactInfo\":{\"Mobile\":\"2\",\"Address\":{\"City\":\"Bonn\","
             "\"TimeStamp\":\"B\"}}}}");
    trial.task.outcome.status = STATUS_WOULD_UPDATE;
    trial.task.outcome.changed = mask_of(changed);
    assert_int_equal(
        format_diff(&trial.text, &trial.format, &trial.task, trial.group.rows),
        0);
    assert_string_equal(trial.text.data, "41,7,Fax,,1\n"
                                         "41,7,JobTitle,\"Chief, here\",\n");
    buffer_clear(&trial.text);
    assert_int_equal(format_diff(&trial.text, &trial.format, &trial.task,
                                 trial.group.rows->next),
                     0);
    assert_string_equal(trial.text.data,
                        "42,7,City,Bonn,\"\"\"J,\"\"\"\n"
                        "42,7,SecretQuestion,Anniversary,None\n");
    end_trial(&trial);
}

/* A row of which no cell won must add no line. */
static void test_diff_of_nothing(void **state)
{
    static const char *const cells[] = {"City=Ulm", "City=Jena", NULL};
    static const char *const changed[] = {"City", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_DRY_RUN, cells);
    set_user(&trial, "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"A\"}}");
    trial.task.outcome.changed = mask_of(changed);
    assert_int_equal(
        format_diff(&trial.text, &trial.format, &trial.task, trial.group.rows),
        0);
    assert_int_equal(trial.text.len, 0);
    end_trial(&trial);
}

/* ---- bounds ---------------------------------------------------------------
 */

/* If the buffer is too small, each function must fail, wherever it is full. */
static void test_small_buffers(void **state)
{
    static const char *const cells[] = {"City=Ulm", "City=\"", NULL};
    static const char *const changed[] = {"City", NULL};
    struct trial trial;
    size_t whole;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    set_user(&trial, "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"A\"}}");
    trial.task.outcome.status = STATUS_FAILED;
    trial.task.outcome.changed = mask_of(changed);
    assert_int_equal(
        format_row(&trial.text, &trial.format, &trial.task, trial.group.rows),
        0);
    assert_int_equal(format_diff(&trial.text, &trial.format, &trial.task,
                                 trial.group.rows->next),
                     0);
    whole = trial.text.len;
    for (size_t max = 0; max < whole; max++) {
        struct buffer out;

        buffer_init(&out, max);
        errno = 0;
        assert_true(
            format_row(&out, &trial.format, &trial.task, trial.group.rows) ||
            format_diff(&out, &trial.format, &trial.task,
                        trial.group.rows->next));
        assert_int_equal(errno, EFBIG);
        buffer_free(&out);
    }
    end_trial(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_rows_of_statuses),
        cmocka_unit_test(test_empty_fields),
        cmocka_unit_test(test_id_as_given),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_note_of_own_write),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_exports_user),
        cmocka_unit_test(test_exports_clear_token),
        cmocka_unit_test(test_exports_failures),
        cmocka_unit_test(test_export_applied_unchanged),
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_diff_of_nothing),
        cmocka_unit_test(test_small_buffers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
