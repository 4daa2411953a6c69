"""The expected LastModifiedTime of a result row."""
import email.utils

from columns_of_user import SERVICE

# The Note of an update whose response was lost.
READ_BACK = ("the response to UpdateUser was lost; "
             "the user was read back and has the values")


def expected(result, user, calls):
    """Returns that of the user, or, if users have none, the Date of the
    response to the update; "" if there is no response.

    calls: the simulator's record of this user."""
    if result["Status"] in ("Failed", "Conflict"):
        return ""
    if SERVICE.sends_whole:
        return (user or {}).get("LastModifiedTime") or ""
    if result["Status"] != "Updated" or READ_BACK in result["Note"]:
        return ""
    dates = [call["date"] for call in calls if call["call"] == "UpdateUser"
             and (call["applied"] or call.get("replayed"))]
    when = email.utils.parsedate_to_datetime(dates[-1])
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
