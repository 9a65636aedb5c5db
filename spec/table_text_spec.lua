local table_text = require "ecgraft.table_text"

local NAN = 0 / 0

describe("table_text", function()
  it("aligns left, right and at the decimal point", function()
    assert.equal(table.concat({
      "scores",
      "class     n   AUROC",
      "─────  ────  ──────",
      "NORM   1204   0.981",
      "AF        3  12.5",
      "é         –   –",
      "",
    }, "\n"), table_text.format {
      caption = "scores",
      columns = { { title = "class" }, { title = "n", align = "right" }, { title = "AUROC", align = "decimal" } },
      rows = { { "NORM", 1204, 0.981 }, { "AF", 3, 12.5 }, { "é", nil, NAN } },
    })
  end)

  it("draws rules between groups and a note below", function()
    local lines = {}
    for line in table_text.format({
      columns = { { title = "a" } }, rows = { { "x", rule = true }, { "y" }, { "z", rule = true } }, note = "said",
    }):gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.same({ "a", "─", "x", "y", "─", "z", "said" }, lines)
  end)

  it("keeps a cell on one line and shows what stands out as text", function()
    assert.equal("t\n──────\na b\nstrong\n", table_text.format {
      columns = { { title = "t" } }, rows = { { "a\nb" }, { { text = "strong", strong = true } } },
    })
    local text, strong = table_text.cell { text = 1.5, strong = true }
    assert.equal("1.5", text)
    assert.is_true(strong)
  end)

  it("knows how wide characters are", function()
    assert.equal(2, table_text.width("é±"))
    assert.equal(4, table_text.width("心電"))
    assert.equal(1, table_text.width("e\u{301}"))
    assert.equal(2, table_text.width("\xff\xfe"))
  end)

  it("takes a table without rows", function()
    assert.equal("a\n─\n", table_text.format { columns = { { title = "a" } }, rows = {} })
  end)

  it("says what is wrong", function()
    assert.error_matches(function() table_text.format { columns = { {} }, rows = {} } end, "column 1: option 'title' is required")
    assert.error_matches(function() table_text.format { columns = { { title = "a", align = "middle" } }, rows = {} } end,
      "option 'align' must be one of")
    assert.error_matches(function() table_text.format { columns = {}, rows = { 3 } } end, "row 1 must be a table of cells, got 3")
    assert.error_matches(function() table_text.format { columns = {} } end, "option 'rows' is required")
  end)
end)
