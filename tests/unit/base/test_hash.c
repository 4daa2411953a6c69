#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"

static void assert_digest(struct hash *hash, const char *expected)
{
    unsigned char digest[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];

    assert_int_equal(hash_digest(hash, digest), 0);
    for (size_t i = 0; i < HASH_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(hex, expected);
}

/* The digests must be those of the standard's examples; a reset must make
 * the hash empty at any time. */
static void test_known_digests(void **unused)
{
    struct hash *hash = hash_new();

    (void)unused;
    assert_non_null(hash);
    assert_digest(hash, "e3b0c44298fc1c149afbf4c8996fb924"
                        "27ae41e4649b934ca495991b7852b855");
    hash_reset(hash);
    hash_update(hash, "abc", 3);
    assert_digest(hash, "ba7816bf8f01cfea414140de5dae2223"
                        "b00361a396177a9cb410ff61f20015ad");
    hash_reset(hash);
    hash_update(hash, "thrown away", 11);
    hash_reset(hash);
    hash_update(hash, "abcdbcdecdefdefgefghfghighijhijkijkljklm", 40);
    hash_update(hash, "", 0);
    hash_update(hash, "klmnlmnomnopnopq", 16);
    assert_digest(hash, "248d6a61d20638b8e5c026930c3e6039"
                        "a33ce45964ff2167f6ecedd419db06c1");
    hash_free(hash);
}

/* A million bytes must have the standard's digest, in pieces of any size. */
static void test_cut_anywhere(void **unused)
{
    static const size_t sizes[] = {1, 63, 64, 65, 1000};
    struct hash *hash = hash_new();
    char bytes[1000];

    (void)unused;
    assert_non_null(hash);
    memset(bytes, 'a', sizeof(bytes));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t left = 1000000;

        hash_reset(hash);
        while (left > 0) {
            size_t now = left < sizes[i] ? left : sizes[i];

            hash_update(hash, bytes, now);
            left -= now;
        }
        assert_digest(hash, "cdc76e5c9914fb9281a1c7e284d73e67"
                            "f1809a48a497200e046d39ccc7112cd0");
    }
    hash_free(hash);
    hash_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_digests),
        cmocka_unit_test(test_cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
