"""What a result must say of when a user was written."""
import email.utils

from columns_of_user import SERVICE

# The Note of an update whose response was lost.
READ_BACK = ("the response to UpdateUser was lost; "
             "the user was read back and has the values")


def wanted(result, user, calls):
    """The LastModifiedTime of a result row: the user's own, or where users
    have none, the Date of the answer to the update, if that came.

    calls are those of the simulator's record for this user."""
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
