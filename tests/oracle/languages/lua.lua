-- Answers the lines of languages (see languages.c) with string.find.

local function text(hex)
  if hex == "-" then return "" end
  return (hex:gsub("..", function(byte) return string.char(tonumber(byte, 16)) end))
end

for line in io.lines() do
  local fields = {}
  for field in line:gmatch("%S+") do fields[#fields + 1] = field end
  local pattern, answer = text(fields[3]), {}
  -- An error may show with some subjects only.
  for i = 4, #fields do
    local fine, found = pcall(string.find, text(fields[i]), pattern)
    answer[#answer + 1] = not fine and "!" or found and "1" or "0"
  end
  answer = table.concat(answer)
  print(answer:find("!", 1, true) and "!" or answer)
end
