"""Updates users over SOAP with a client that is made from service.wsdl.

    soap.py suds|zeep ADDRESS VERSION FIRST_ID COUNT

Each user gets the JobTitle "Titel N". The first of them is fetched without an
Id. Then an update with an old TimeStamp must be a SOAP fault with error 209.
Prints the number of updates.
"""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def describe(address, version, directory):
    """Writes the description of that version and returns its path."""
    path = os.path.join(directory, "service.wsdl")
    with open(os.path.join(HERE, "service.wsdl"), encoding="utf-8") as file:
        lines = file.readlines()
    with open(path, "w", encoding="utf-8") as file:
        for line in lines:
            named = re.search(r"<!-- ((v\d+ ?)+)-->$", line)
            if named and version not in named.group(1).split():
                continue
            file.write(line.replace("VERSION", version)
                       .replace("ADDRESS", address))
    return path


class Suds:
    def __init__(self, path):
        import suds.client
        self.fault = suds.WebFault
        self.client = suds.client.Client("file://" + path, cache=None)
        self.client.set_options(soapheaders={
            "AuthenticationToken": "sim-access-token",
            "DeveloperToken": "sim-developer-token"})

    def get(self, user_id):
        return self.client.service.GetUser(UserId=user_id).User

    def update(self, user):
        return self.client.service.UpdateUser(User=user)

    def code(self, fault):
        errors = fault.fault.detail.ApiFault.OperationErrors
        return int(errors.OperationError.Code)


class Zeep:
    def __init__(self, path):
        import zeep
        self.fault = zeep.exceptions.Fault
        self.client = zeep.Client("file://" + path)
        self.client.set_default_soapheaders({
            "AuthenticationToken": "sim-access-token",
            "DeveloperToken": "sim-developer-token"})

    def get(self, user_id):
        return self.client.service.GetUser(UserId=user_id).body.User

    def update(self, user):
        return self.client.service.UpdateUser(User=user).body

    def code(self, fault):
        return int(fault.detail.find(".//{*}OperationError/{*}Code").text)


def main(library, address, version, first, count):
    with tempfile.TemporaryDirectory() as directory:
        path = describe(address, version, directory)
        client = {"suds": Suds, "zeep": Zeep}[library](path)
    for number in range(count):
        user = client.get(first + number if number > 0 else None)
        if user.Id != first + number:
            sys.exit(f"user {user.Id} instead of {first + number}")
        user.JobTitle = f"Titel {number}"
        client.update(user)
    try:
        client.update(user)
    except client.fault as fault:
        if client.code(fault) != 209:
            sys.exit(f"error {client.code(fault)} instead of 209")
    else:
        sys.exit("an old TimeStamp was accepted")
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))
