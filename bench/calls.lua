-- For wrk: alternates GetUser and UpdateUser, with the client's headers. The
-- access token is that of the environment variable BAUSER_ACCESS_TOKEN.

local head = {
   ["Authorization"] = "Bearer " .. os.getenv("BAUSER_ACCESS_TOKEN"),
   ["DeveloperToken"] = "y",
   ["Content-Type"] = "application/json",
   ["Accept"] = "application/json",
}
local calls = {}
local number = 0

function init()
   local path = "/CustomerManagement/v13/User"
   calls[0] = wrk.format("POST", path .. "/Query", head,
                         '{"UserId":"1000000000000000000"}')
   calls[1] = wrk.format("PUT", path, head,
                         '{"User":"' .. string.rep("x", 1100) .. '"}')
end

function request()
   number = number + 1
   return calls[number % 2]
end
