/*
 * Defines HAS_OWN_MEMORY if a sanitizer has its own malloc() and free().
 */
#ifndef OWN_MEMORY_H
#define OWN_MEMORY_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
    __has_feature(memory_sanitizer)
#define HAS_OWN_MEMORY
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_OWN_MEMORY
#endif

#endif
