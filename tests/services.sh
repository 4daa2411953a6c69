# shellcheck shell=bash
# The services that scenarios run for: the one table of their differences. Used
# by lib.sh and tests/run.

# All services; the environment variable SERVICES can select some.
SERVICES=${SERVICES:-rest soap-v13 soap-v12 soap-v11 partner-center}

# services_of WORD...: prints those of SERVICES that the words of "# services:"
# select.
services_of() {
    local word name wanted=' '

    for word; do
        case $word in
        all) wanted+='rest soap-v13 soap-v12 soap-v11 partner-center ' ;;
        advertising) wanted+='rest soap-v13 soap-v12 soap-v11 ' ;;
        soap) wanted+='soap-v13 soap-v12 soap-v11 ' ;;
        *) wanted+="$word " ;;
        esac
    done
    for name in $SERVICES; do
        [[ $wanted != *" $name "* ]] || echo "$name"
    done
}

# use_service NAME: sets these variables for the scenarios:
#
#   API, API_OPTIONS  the name of the service; the options that select it
#   U, ID_FORM        the Id of user NN, 01 to 99, is ${U}NN; a format of printf
#   NOBODY            an Id that the simulator does not have
#   TOWN, TITLE       columns of text that can be cleared; Changed lists them in
#                     this order
#   LINE              another column of text
#   GUARD             a guard column that accepts any text
#   BAD, BAD_VALUE, BAD_ERROR
#                     a column, an invalid value, and the ErrorName for it
#   ETAGS             options of the simulator, so that each user has a stamp
#   ..._PATH          their paths in a user of the simulator, for jq
#   REFUSED, EXPIRED  error codes: of a rejected row; of an expired token
#   NOT_THERE, STALE, THROTTLED
#                     error names in messages: of a user that does not exist, of
#                     a stale version, and of too many calls
use_service() {
    API=$1
    case $API in
    rest) API_OPTIONS=() ;; # the default
    *) API_OPTIONS=(--api "$API") ;;
    esac
    case $API in
    partner-center) use_partner_center ;;
    *) use_advertising ;;
    esac
    export API
}

# shellcheck disable=SC2034 # for the scenarios
use_advertising() {
    U=10000000000000000 ID_FORM=1%018d NOBODY=2000000000000000000
    ID_PATH=.Id
    TOWN=City TOWN_PATH=.ContactInfo.Address.City
    TITLE=JobTitle TITLE_PATH=.JobTitle
    LINE=Line1 LINE_PATH=.ContactInfo.Address.Line1
    GUARD=UserName GUARD_PATH=.UserName
    BAD=PostalCode BAD_VALUE=12345678901 BAD_ERROR=ValueTooLong
    ETAGS=()
    REFUSED=211 EXPIRED=109
    NOT_THERE=EntityNotExistent STALE=TimestampNotMatch THROTTLED=CallRateExceeded
}

# shellcheck disable=SC2034 # for the scenarios
use_partner_center() {
    API_OPTIONS+=(--customer-id eebd1b55-5360-4438-a11d-5c06918c3014)
    U=4b10bf41-ab11-40e3-8c53-0000000000 ID_FORM=4b10bf41-ab11-40e3-8c53-%012d
    NOBODY=4b10bf41-ab11-40e3-8c53-999999999999
    ID_PATH=.id
    TOWN=firstName TOWN_PATH=.firstName
    TITLE=lastName TITLE_PATH=.lastName
    LINE=phoneNumber LINE_PATH=.phoneNumber
    GUARD=userDomainType GUARD_PATH=.userDomainType
    BAD=usageLocation BAD_VALUE=USA BAD_ERROR=InvalidValue
    ETAGS=(--etags 100)
    REFUSED=400 EXPIRED=401
    NOT_THERE=UserNotFound STALE=EtagOutOfDate THROTTLED='Too many calls'
}
