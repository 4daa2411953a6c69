# shellcheck shell=bash
# The services that scenarios run over: the one table of what differs between
# them, in one place. For lib.sh and tests/run.

# All of them; the environment's SERVICES may name some.
SERVICES=${SERVICES:-rest soap-v13 soap-v12 soap-v11 partner-center}

# services_of WORD...: of SERVICES, those that a scenario's "# services:" means.
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

# use_service NAME: sets, for scenarios,
#
#   API, API_OPTIONS  its name; what the program must be told
#   U, ID_FORM        users: number NN, 01 to 99, is ${U}NN; for printf
#   NOBODY            an Id that is not the simulator's
#   TOWN, TITLE       columns for texts, which may be cleared; in this order in
#                     Changed
#   LINE              another one
#   GUARD             a read-only column, for any text
#   BAD, BAD_VALUE, BAD_ERROR
#                     a column, what it refuses, and how that is called
#   ..._PATH          where these are in a user of the simulator, for jq
#   REFUSED, EXPIRED  codes of the service: what fails a row; a token's end
#   NOT_THERE, STALE, THROTTLED
#                     what messages call the errors of a user who is not there,
#                     of one who was written meanwhile, and of too many calls
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
    REFUSED=400 EXPIRED=401
    NOT_THERE=UserNotFound STALE=EtagOutOfDate THROTTLED='Too many calls'
}
