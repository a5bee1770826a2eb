#include "review/date.h"

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_in(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_parse(Str text, uint32_t *out)
{
    uint32_t year, month, day;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
        !str_number(str_slice(text, 0, 4), 9999, &year) ||
        !str_number(str_slice(text, 5, 7), 12, &month) ||
        !str_number(str_slice(text, 8, 10), 31, &day) || month == 0 || day == 0 ||
        day > days_in(year, month))
        return false;
    *out = year * 10000 + month * 100 + day;
    return true;
}

uint32_t date_of(uint64_t seconds)
{
    uint64_t days = seconds / 86400;
    uint32_t year = 1970, month = 1;
    while (year < 9999 && days >= (is_leap(year) ? 366U : 365U))
        days -= is_leap(year++) ? 366U : 365U;
    while (month < 12 && days >= days_in(year, month))
        days -= days_in(year, month++);
    return year * 10000 + month * 100 + (uint32_t)(days < 31 ? days : 30) + 1;
}
