#include "user_field.h"

#include <string.h>

static const char *const email_formats[] = {"Html", "Text", NULL};
static const char *const questions[] = {
    "None",
    "FavoritePetsName",
    "FavoriteMovie",
    "Anniversary",
    "FatherMiddleName",
    "SpouseMiddleName",
    "HighSchoolName",
    "FirstChildMiddleName",
    "FavoriteTeacherName",
    "FavoriteSportsTeam",
    NULL,
};
static const char *const statuses[] = {"Pending", "Active", "Inactive",
                                       "Deleted", NULL};
static const char *const locales[] = {
    "ArabicSaudiArabia",
    "ArabicAlgeria",
    "ArabicBahrain",
    "ArabicEgypt",
    "ArabicIraq",
    "ArabicJordan",
    "ArabicKuwait",
    "ArabicLebanon",
    "ArabicLibya",
    "ArabicMorocco",
    "ArabicOman",
    "ArabicQatar",
    "ArabicTunisia",
    "ArabicUnitedArabEmirates",
    "ArabicYemen",
    "ChineseTaiwan",
    "DanishDenmark",
    "GermanGermany",
    "EnglishUS",
    "SpanishSpain",
    "FinnishFinland",
    "FrenchFrance",
    "HebrewIsrael",
    "ItalianItaly",
    "JapaneseJapan",
    "KoreanKorea",
    "DutchNetherlands",
    "NorwegianNorway",
    "PortugueseBrazil",
    "RussianRussia",
    "SwedishSweden",
    "EnglishThailand",
    "EnglishIndonesia",
    "Slovenian",
    "Latvian",
    "EnglishVietnam",
    "ChineseChina",
    "GermanSwitzerland",
    "EnglishUK",
    "SpanishMexico",
    "ChineseHongKong",
    "GermanAustria",
    "EnglishAustralia",
    "FrenchCanada",
    "EnglishCanada",
    "EnglishNewZealand",
    "EnglishIreland",
    "SpanishVenezuela",
    "SpanishColombia",
    "SpanishPeru",
    "SpanishArgentina",
    "EnglishPhilippines",
    "SpanishChile",
    "EnglishIndia",
    "EnglishMalaysia",
    "EnglishSingapore",
    "TurkishTurkey",
    "FilipinoPhilippines",
    "PolandPolish",
    "MalayMalaysia",
    "UkrainianUkraine",
    "CzechRepublicCZ",
    "RomaniaRO",
    "GreekGreece",
    "HungaryHU",
    "HindiIndia",
    "Bulgarian",
    "Lithuanian",
    "Croatian",
    "SpanishSpainModernSort",
    NULL,
};

/* Each code is followed by a space, so that strstr() finds whole codes. */
static const char countries[] =
    "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AZ BA BB BD BE BF BG BH BI "
    "BJ BM BN BO BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CV "
    "CX CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR GA GB GD "
    "GE GF GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IN IQ "
    "IS IT JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU "
    "LV LY MA MC MD ME MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ "
    "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS "
    "PT PW PY QA RE RO RS RU RW SA SB SC SE SG SH SI SK SL SM SN SO SR ST SV "
    "SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE "
    "VG VI VN VU WF WS YE YT ZA ZM ZW ";

static const struct user_field address_fields[] = {
    {.name = "City", .max = 35, .code = 200},
    {.name = "CountryCode", .kind = FIELD_COUNTRY},
    {.name = "Id", .kind = FIELD_LONG, .owner = FIELD_LINK},
    {.name = "Line1", .max = 35, .code = 205},
    {.name = "Line2", .max = 35},
    {.name = "Line3", .max = 35, .code = 207},
    {.name = "Line4", .max = 35},
    {.name = "PostalCode", .max = 10, .code = 209},
    {.name = "StateOrProvince"},
    {.name = "TimeStamp", .kind = FIELD_STAMP},
    {.name = "BusinessName", .max = 100},
    {.name = NULL},
};

static const struct user_field contact_fields[] = {
    {.name = "Address", .kind = FIELD_OBJECT, .fields = address_fields},
    {.name = "ContactByPhone", .kind = FIELD_BOOLEAN},
    {.name = "ContactByPostalMail", .kind = FIELD_BOOLEAN},
    {.name = "Email", .max = 100},
    {.name = "EmailFormat", .kind = FIELD_CHOICE, .set = email_formats},
    {.name = "Fax", .max = 100},
    {.name = "HomePhone", .max = 100},
    {.name = "Id", .kind = FIELD_LONG, .owner = FIELD_LINK},
    {.name = "Mobile", .max = 100},
    {.name = "Phone1", .max = 100},
    {.name = "Phone2", .max = 100},
    {.name = NULL},
};

static const struct user_field name_fields[] = {
    {.name = "FirstName", .max = 100, .code = 211},
    {.name = "LastName", .max = 100, .code = 211},
    {.name = "MiddleInitial", .max = 1},
    {.name = NULL},
};

const struct user_field user_field_root[] = {
    {.name = "ContactInfo", .kind = FIELD_OBJECT, .fields = contact_fields},
    {.name = "CustomerId", .kind = FIELD_LONG, .owner = FIELD_OF_SERVICE},
    {.name = "Id", .kind = FIELD_LONG, .owner = FIELD_OF_SERVICE},
    {.name = "JobTitle", .max = 50},
    {.name = "LastModifiedByUserId",
     .kind = FIELD_LONG,
     .owner = FIELD_OF_SERVICE},
    {.name = "LastModifiedTime", .kind = FIELD_TIME, .owner = FIELD_OF_SERVICE},
    {.name = "Lcid", .kind = FIELD_CHOICE, .set = locales},
    {.name = "Name", .kind = FIELD_OBJECT, .fields = name_fields},
    {.name = "Password", .owner = FIELD_OF_SERVICE},
    {.name = "SecretAnswer", .min = 5, .max = 64},
    {.name = "SecretQuestion",
     .kind = FIELD_CHOICE,
     .set = questions,
     .not_null = true},
    {.name = "UserLifeCycleStatus",
     .kind = FIELD_CHOICE,
     .owner = FIELD_OF_SERVICE,
     .set = statuses},
    {.name = "TimeStamp", .kind = FIELD_STAMP},
    {.name = "UserName", .owner = FIELD_OF_SERVICE},
    {.name = "ForwardCompatibilityMap", .kind = FIELD_MAP},
    {.name = "AuthenticationToken"},
    {.name = NULL},
};

const struct user_field *user_field_find(const struct user_field *fields,
                                         const char *name)
{
    for (; fields->name != NULL; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

bool user_field_is_country(const char *text)
{
    char code[4] = {text[0], text[0] != '\0' ? text[1] : '\0', ' ', '\0'};

    return strlen(text) == 2 && strstr(countries, code) != NULL;
}
