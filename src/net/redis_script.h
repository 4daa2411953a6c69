/*
 * The script that Redis runs for each request of redis_store.c. Redis runs one
 * script at a time, so the processes share one order of calls.
 *
 * KEYS[1] is a hash, the budget:
 *
 *   rate     N/s or N/m, the same for all processes; or none
 *   at       the time of the last request, in microseconds, as all times
 *   next     the time of the next call
 *   stops    how often processes were stopped
 *   stopped  when they were last
 *   resume   the end of the last pause
 *
 * KEYS[2] is a sorted set of the processes that have leased calls in the last
 * two seconds. Both expire two minutes after the last request.
 *
 * ARGV: the process, rate, spacing, wanted calls, stopped (1 or 0), pause.
 * Returns the number of calls, the time of the first from now on, stops, and
 * the pause that is left. The times of calls are apart by the spacing, and none
 * is in the past: what is not used does not add up. A missing key starts
 * without calls, since those before may just have been sent.
 *
 * A lease contains a quarter of a second of the budget, divided by the number
 * of processes; or half of what is free of the next quarter, if that is more;
 * but at least one call. So each process that waits has its place in the order.
 *
 * Several processes are usually refused at the same time: the first one stops
 * the others.
 */
#ifndef NET_REDIS_SCRIPT_H
#define NET_REDIS_SCRIPT_H

/* clang-format off */
static const char redis_script[] =
    "local function text(number) return string.format('%.0f', number) end\n"
    "local time = redis.call('TIME')\n"
    "local now = time[1] * 1000000 + time[2]\n"
    "local process, rate = ARGV[1], ARGV[2]\n"
    "local spacing, wanted = tonumber(ARGV[3]), tonumber(ARGV[4])\n"
    "local stopped, pause = ARGV[5] == '1', tonumber(ARGV[6])\n"
    "local b = redis.call('HMGET', KEYS[1], 'rate', 'at', 'next', 'stops',\n"
    "    'stopped', 'resume')\n"
    "if b[1] and b[1] ~= rate then\n"
    "    return redis.error_reply('BUDGETRATE ' .. b[1])\n"
    "end\n"
    /* The clock may have been set back. */
    "local shift = math.min(now - (tonumber(b[2]) or now), 0)\n"
    "local next = math.max((tonumber(b[3]) or now + spacing) + shift, now)\n"
    "local stops = tonumber(b[4]) or 0\n"
    "local last = (tonumber(b[5]) or 0) + shift\n"
    "local resume = (tonumber(b[6]) or 0) + shift\n"
    "if stopped then\n"
    "    local known = math.max(resume, last + 1000000)\n"
    "    if now > known or (pause > 0 and now + pause > known + 1000000) then\n"
    "        stops = stops + 1\n"
    "        last = now\n"
    "    end\n"
    "    resume = math.max(resume, now + pause)\n"
    "end\n"
    "local left = math.max(resume - now, 0)\n"
    "local calls = 0\n"
    "if wanted > 0 and left == 0 then\n"
    "    redis.call('ZREMRANGEBYSCORE', KEYS[2], '(' .. text(now), '+inf')\n"
    "    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now - 2000000))\n"
    "    redis.call('ZADD', KEYS[2], text(now), process)\n"
    "    redis.call('EXPIRE', KEYS[2], 120)\n"
    "    local share = math.ceil(\n"
    "        250000 / spacing / redis.call('ZCARD', KEYS[2]))\n"
    "    local free = math.floor((now + 250000 - next) / spacing / 2)\n"
    "    calls = math.min(wanted, math.max(share, free))\n"
    "end\n"
    "redis.call('HSET', KEYS[1], 'rate', rate, 'at', text(now),\n"
    "    'next', text(next + calls * spacing), 'stops', text(stops),\n"
    "    'stopped', text(last), 'resume', text(resume))\n"
    "redis.call('EXPIRE', KEYS[1], 120)\n"
    "return {calls, next - now, stops, left}\n";
/* clang-format on */

#endif
