#include "service/bing/columns.h"

static const char *const email_formats[] = {"Html", "Text", NULL};

static const char *const secret_questions[] = {
    "None",
    "FavoritePetsName",
    "FavoriteMovie",
    "Anniversary",
    "FatherMiddleName",
    "SpouseMiddleName",
    "FirstChildMiddleName",
    "HighSchoolName",
    "FavoriteTeacherName",
    "FavoriteSportsTeam",
    NULL,
};

static const char *const life_cycle_statuses[] = {
    "Pending", "Active", "Inactive", "Deleted", NULL,
};

static const char *const application_types[] = {"Advertiser", NULL};

static const char *const lcids[] = {
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
    "SpanishSpainModernSort",
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
    NULL,
};

/* Abbreviations of the table. Every column that an update may set can be
 * cleared. */
#define WRITE     .use = COLUMN_WRITE, .clearable = true
#define OWN(max)  WRITE, .type = COLUMN_STRING, .max_length = (max)
#define TEXT(max) OWN(max), .shared = true
#define FLAG      WRITE, .type = COLUMN_BOOLEAN, .shared = true
#define ONE_OF(name, values)                                                   \
    WRITE, .type = COLUMN_ENUM, .set_name = (name), .set = (values)
#define GUARD(kind)   .use = COLUMN_GUARD, .type = (kind)
#define VERSION(kind) GUARD(kind), .version = true
#define REFUSED(why)                                                           \
    .use = COLUMN_REFUSED, .type = COLUMN_STRING, .reason = (why)

#define ADDRESS "ContactInfo.Address."
#define CONTACT "ContactInfo."

/* clang-format off */
const struct column bing_columns[BING_COLUMN_COUNT_V11] = {
    [BING_COLUMN_ID] =
    {"Id", "Id", .use = COLUMN_KEY, .type = COLUMN_LONG},
    {"City", ADDRESS "City", TEXT(35), .content = CONTENT_NAME},
    {"CountryCode", ADDRESS "CountryCode", TEXT(2), .letters2 = true},
    {"AddressId", ADDRESS "Id", GUARD(COLUMN_LONG)},
    {"Line1", ADDRESS "Line1", TEXT(35)},
    {"Line2", ADDRESS "Line2", TEXT(35)},
    {"Line3", ADDRESS "Line3", TEXT(35)},
    {"Line4", ADDRESS "Line4", TEXT(35)},
    {"PostalCode", ADDRESS "PostalCode", TEXT(10),
     .content = CONTENT_POSTAL_CODE},
    {"StateOrProvince", ADDRESS "StateOrProvince", TEXT(0)},
    {"AddressTimeStamp", ADDRESS "TimeStamp", VERSION(COLUMN_BASE64)},
    {"BusinessName", ADDRESS "BusinessName",
     REFUSED("the service ignores it for users")},
    {"ContactByPhone", CONTACT "ContactByPhone", FLAG},
    {"ContactByPostalMail", CONTACT "ContactByPostalMail", FLAG},
    {"Email", CONTACT "Email", TEXT(100), .content = CONTENT_ADDRESS},
    {"EmailFormat", CONTACT "EmailFormat",
     ONE_OF("EmailFormat", email_formats), .shared = true},
    {"Fax", CONTACT "Fax", TEXT(100), .content = CONTENT_PHONE},
    {"HomePhone", CONTACT "HomePhone", TEXT(100), .content = CONTENT_PHONE},
    {"ContactInfoId", CONTACT "Id", GUARD(COLUMN_LONG)},
    {"Mobile", CONTACT "Mobile", TEXT(100), .content = CONTENT_PHONE},
    {"Phone1", CONTACT "Phone1", TEXT(100), .content = CONTENT_PHONE},
    {"Phone2", CONTACT "Phone2", TEXT(100), .content = CONTENT_PHONE},
    {"CustomerId", "CustomerId", GUARD(COLUMN_LONG)},
    {"JobTitle", "JobTitle", TEXT(50)},
    {"LastModifiedByUserId", "LastModifiedByUserId", VERSION(COLUMN_LONG)},
    [BING_COLUMN_LAST_MODIFIED_TIME] =
    {"LastModifiedTime", "LastModifiedTime", VERSION(COLUMN_TIME)},
    {"Lcid", "Lcid", ONE_OF("LCID", lcids), .shared = true},
    {"FirstName", "Name.FirstName", TEXT(100), .content = CONTENT_NAME},
    {"LastName", "Name.LastName", TEXT(100), .content = CONTENT_NAME},
    {"MiddleInitial", "Name.MiddleInitial", TEXT(1)},
    {"Password", "Password",
     REFUSED("the service never returns it, and no update can change it")},
    {"SecretAnswer", "SecretAnswer", OWN(64), .min_length = 5,
     .sign_in = true},
    {"SecretQuestion", "SecretQuestion",
     ONE_OF("SecretQuestion", secret_questions), .empty = "None"},
    {"UserLifeCycleStatus", "UserLifeCycleStatus", GUARD(COLUMN_ENUM),
     .set_name = "UserLifeCycleStatus", .set = life_cycle_statuses},
    {"TimeStamp", "TimeStamp", VERSION(COLUMN_BASE64)},
    [BING_COLUMN_USER_NAME] =
    {"UserName", "UserName", GUARD(COLUMN_STRING),
     .content = CONTENT_USER_NAME},
    {"CustomerAppScope", "CustomerAppScope", GUARD(COLUMN_ENUM),
     .set_name = "ApplicationType", .set = application_types},
    {"IsMigratedToMicrosoftAccount", "IsMigratedToMicrosoftAccount",
     GUARD(COLUMN_BOOLEAN)},
};
/* clang-format on */

_Static_assert(BING_COLUMN_COUNT_V11 <= COLUMN_MAX, "a bit for each column");
