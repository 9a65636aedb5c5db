--- Tables in csv files, and Python's dict literals as PTB-XL has them.
local csv = require("ecgraft.data.csv")
local literal = require("ecgraft.data.literal")
local temporary = require("spec.support.temporary")

describe("csv", function()
  it("reads quoted fields with commas, quotes and line ends", function()
    local rows, names = csv.parse('a,"b b",c\n1,"x, ""y""\nz",3\r\n"","",\n\n4,5,6', "t.csv", {"a", "c"})
    assert.same({"a", "b b", "c"}, names)
    assert.same({{a = "1", ["b b"] = 'x, "y"\nz', c = "3"}, {a = "", ["b b"] = "", c = ""}, {a = "4", ["b b"] = "5", c = "6"}}, rows)
  end)

  it("leaves out columns that are not asked for", function()
    local rows, names = csv.parse('a,b,c\n1,"2, 3",4\n\n5,"""6""",7 \r\n', "t.csv", {"c", "b"}, true)
    assert.same({"a", "b", "c"}, names)
    assert.same({{b = "2, 3", c = "4"}, {b = '"6"', c = "7 "}}, rows)
  end)

  it("takes lines that end in CR, and what follows a closing quote", function()
    assert.same({{a = "1", b = "x y"}, {a = "a b", b = ""}}, (csv.parse('a,b\r1,"x" y\r"a "b,\r', "t.csv", {})))
    assert.same({{"1", ""}, {"", "2"}, {"3"}}, (csv.rows('\n1,\n\r\n,"2"\n""\n3', "t.csv")))
  end)

  it("passes over a byte order mark and blanks around names", function()
    local rows, names = csv.parse("\239\187\191 a , b\n1,2\n", "t.csv", {"a", "b"})
    assert.same({"a", "b"}, names)
    assert.same({{a = "1", b = "2"}}, rows)
  end)

  it("takes the index column without a name that pandas writes", function()
    assert.same({{[""] = "NORM", x = "1"}}, (csv.parse(",x\nNORM,1\n", "t.csv", {"", "x"})))
  end)

  it("writes rows that it reads back", function()
    local fields = {"plain", "", 'with "quotes"', "a, b", "two\nlines", 1, 2.5}
    local text = csv.line(fields)
    assert.equal('plain,,"with ""quotes""","a, b","two\nlines",1,2.5', text)
    assert.same({{"plain", "", 'with "quotes"', "a, b", "two\nlines", "1", "2.5"}}, (csv.rows(text .. "\n", "t.csv")))
  end)

  it("names the column that is missing, and the line that is wrong", function()
    local function fails(text, columns, pattern)
      local rows, message = csv.parse(text, "t.csv", columns)
      assert.is_nil(rows)
      assert.matches(pattern, message)
    end
    fails("a,b\n1,2\n", {"a", "scp_codes"}, "^t%.csv: has no column 'scp_codes'; its columns are a, b$")
    fails("", {}, "expected a line of column names, got an empty file")
    fails('a,b\n1,"2\n3,4\n', {}, "^t%.csv, line 2: expected a closing quote, got the end of the file")
    fails('a,b\n"x\ny",2\n1,2,3\n', {}, "^t%.csv, line 4: expected 2 fields, got 3")
    fails("a,b\n1\n", {}, "^t%.csv, line 2: expected 2 fields, got 1")
    fails('\n\n"a,b\n', {}, "^t%.csv, line 3: expected a closing quote")
    fails('a\n1\n\n"', {}, "^t%.csv, line 4: expected a closing quote")
  end)

  it("reads files, and names those that are not there", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/t.csv", "a\n1\n")
      assert.same({{a = "1"}}, (csv.read(folder .. "/t.csv", {"a"})))
      local rows, message = csv.read(folder .. "/u.csv")
      assert.is_nil(rows)
      assert.matches("u%.csv: No such file", message)
      rows, message = csv.read(folder)
      assert.is_nil(rows)
      assert.matches("got a folder", message)
    end)
  end)

  it("survives any bytes", function()
    local random = require("ecgraft.core").random.uniform(4000, 7)
    local alphabet = {'"', ",", "\n", "\r", "a", "\0", "\255"}
    for first = 1, 3900, 13 do
      local bytes = {}
      for i = 1, 20 do bytes[i] = alphabet[1 + math.floor(random[first + i] * #alphabet)] end
      local rows, more = csv.parse(table.concat(bytes), "t.csv", {})
      assert(rows or type(more) == "string")
    end
  end)
end)

describe("a Python literal", function()
  local function value(text)
    local ok, v = literal.parse(text)
    assert(ok, v)
    return v
  end

  it("is read without being run", function()
    assert.same({NORM = 100.0, LVOLT = 0.0, SR = 0.0}, value("{'NORM': 100.0, 'LVOLT': 0.0, 'SR': 0.0}"))
    assert.same({}, value("{}"))
    assert.same({["it's"] = -1.5, [3] = "x"}, value([[{"it's": -1.5e0, 3: 'x',}]]))
    assert.same({1, 2, {"a", true, false}}, value(" [1, 2, ('a', True, False)] "))
    assert.equal("a\n'\\", value([['a\n\'\\']]))
    assert.is_nil(value("None"))
    assert.is_true(value("nan") ~= value("nan"))
  end)

  it("is refused where it is none, with the place", function()
    local function fails(text, pattern)
      local ok, message = literal.parse(text)
      assert.is_nil(ok)
      assert.matches(pattern, message)
    end
    fails("", "expected a value at character 1")
    fails("{'a': 1", "expected ',' or '}' at character 8")
    fails("{'a' 1}", "expected ':' at character 6")
    fails("{'a: 1}", "expected a closing quote")
    fails("{'a': os.exit()}", "expected a value at character 7")
    fails("{1.5: 2}", "expected a string or an integer as key")
    fails("{nan: 2}", "expected a string or an integer as key")
    fails("1 2", "expected the end at character 3")
    fails([['\x41']], "expected a known escape")
    fails(("["):rep(1000), "at most 32 levels")
    fails("1.2.3", "expected a value")
  end)
end)
