#include "input/misread.h"

#include "unit.h"

/* A name that was written in UTF-8 and read as another encoding must be
 * recognized, in whatever script it is. */
static void test_misread(void **state)
{
    static const char *const texts[] = {
        "MÃ¼nchen",       "Ð¡Ð¾Ñ„Ñ–Ñ\xC2\x8F",
        "ÐœÐ¾ÑÐºÐ²Ð°",    "Î•Î»Î»Î¬Î´Î±",
        "Ù…Ø­Ù…Ø¯",       "æ±äº¬",
        "Å\xC2\x81Ã³dÅº", "GdaÅ„sk",
        "DvoÅ™Ã¡k",       "AÄŸrÄ±",
        "KÅ‘bÃ¡nya",      "à¸\xC2\x81à¸£à¸¸à¸‡",
        "ðŸ˜€",           "Oâ€™Brien",
        "â€œx",           "M├╝nchen",
        "╨£╨╛╤ü╨║╨▓╨░",   "┼ü├│d┼║",
        "M√ºnchen",       "╬ò╬╗╬╗",
        "┘à╪¡",           "SÃ£o Paulo",
        "ÃŽle",           "Â©",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (!misread_is_utf8(texts[i]))
            fail_msg("%s", texts[i]);
    }
}

/* A name that is right must not be mistaken for a damaged one. */
static void test_sound(void **state)
{
    static const char *const texts[] = {
        "München",
        "SÃO PAULO",
        "Ã, Â and â",
        "CAFÉ’S",
        "LIBERTÉ\xC2\xA0!",
        "ÉGALITÉ\xC2\xA0: ÉTÉ»",
        "„Ä“",
        "ÅLESUND–OSLO",
        "BMÖ®",
        "Weiß™",
        "Strauß’ Spaß’",
        "« déjà »…",
        "Île-de-France",
        "Łódź",
        "Ağrı",
        "Đà Nẵng",
        "Košice",
        "Ελλάδα",
        "Москва",
        "محمد",
        "東京──大阪",
        "กรุงเทพ",
        "😀",
        "é»…",
        "Nº 5, 3ª",
        "Zoë ŠŽÿ",
        "Ç",
        "═════",
        "√2",
        "L’Hospitalet·L",
        "",
        "plain",
        "Ø 5 mm",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (misread_is_utf8(texts[i]))
            fail_msg("%s", texts[i]);
    }
}

/* Question marks alone must be recognized, but not one, nor a question; and one
 * before a letter. */
static void test_lost(void **state)
{
    (void)state;
    assert_true(misread_is_lost("????"));
    assert_true(misread_is_lost("?? ??? ??"));
    assert_true(misread_is_lost("?. ????"));
    assert_true(misread_is_lost("Ng?c"));
    assert_true(misread_is_lost("?ukasz"));
    assert_true(misread_is_lost("Who? Ng?\xC3\xB6"));
    assert_true(misread_is_lost("????1-1"));
    assert_false(misread_is_lost("?"));
    assert_false(misread_is_lost("- ?"));
    assert_false(misread_is_lost("Who??"));
    assert_false(misread_is_lost(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misread),
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
