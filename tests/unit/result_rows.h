/*
 * Result rows of an earlier run, for tests of --retry-failed: each follows its
 * Row and Id.
 */
#ifndef RESULT_ROWS_H
#define RESULT_ROWS_H

#define HEADER                                                                 \
    "Row,Id,Status,LastModifiedTime,ErrorCode,ErrorName,ErrorMessage,Field,"   \
    "Retryable,HttpStatus,TrackingId,Attempts,Changed,Note\n"
#define UPDATED       ",Updated,,,,,,,200,,2,City,\n"
#define UNCHANGED     ",Unchanged,,,,,,,200,,1,,\n"
#define RETRYABLE     ",Failed,,,Timeout,,,yes,,,9,,\n"
#define UNKNOWN       ",Unknown,,,Timeout,,,yes,,,9,,\n"
#define NOT_ATTEMPTED ",NotAttempted,,,InputRefused,,,yes,,,0,,\n"
#define FAILED        ",Failed,,,EntityNotExistent,,,no,400,,1,,\n"
#define CONFLICT      ",Conflict,,,GuardMismatch,,City,no,200,,1,,\n"

#endif
