#include "input/text_check.h"

#include "base/utf8.h"

size_t text_check_feed(struct text_check *check, const char *data, size_t len)
{
    size_t good = utf8_check(&check->state, data, len);

    check->has_wide =
        check->has_wide || utf8_has_wide(check->state, data, good);
    if (good < len && data[good]) {
        check->refused = true;
        text_check_look_on(check, data + good, len - good);
    }
    return good;
}

void text_check_look_on(struct text_check *check, const char *data, size_t len)
{
    while (len > 0 && !check->has_wide) {
        size_t good = utf8_check(&check->state, data, len);

        check->has_wide = utf8_has_wide(check->state, data, good);
        if (good < len) {
            /* The byte may begin another character. */
            good += check->state == 0;
            check->state = 0;
        }
        data += good;
        len -= good;
    }
}

bool text_check_is_open(const struct text_check *check)
{
    return check->refused && !check->has_wide;
}

const char *text_check_explain(const struct text_check *check, char byte)
{
    if (byte == '\0')
        return "a NUL byte, so the file is damaged or no text; create or "
               "transfer it again";
    if (check->has_wide)
        return "not valid UTF-8, but other cells are; if the file mixes "
               "encodings, correct this cell, and do not convert the whole "
               "file";
    return "not valid UTF-8; save the file as UTF-8, or name its encoding: in "
           "western Europe and America, files of Windows have --encoding "
           "WINDOWS-1252";
}

const char *text_check_explain_end(const struct text_check *check)
{
    if (check->state == 0)
        return NULL;
    return "the file ends within a character of UTF-8; transfer it again, or "
           "name its encoding with --encoding";
}
