local markup = require "ecgraft.markup"

describe("markup", function()
  it("escapes what could be markup", function()
    assert.equal("&lt;a b=&quot;c&quot;&gt; &amp; &#39;d&#39;", markup.escape("<a b=\"c\"> & 'd'"))
    assert.equal("12", markup.escape(12))
  end)

  it("gives back what it escaped", function()
    local odd = [[a < b & "c" 'd' &lt; &#39; &nbsp;]]
    assert.equal(odd, markup.unescape(markup.escape(odd)))
    assert.equal("&nbsp;", markup.unescape "&nbsp;")
  end)

  it("drops control characters that XML forbids and keeps line ends and tabs", function()
    assert.equal("a\tb\nc", markup.escape("a\tb\nc\0\1\27"))
  end)

  it("replaces bytes that are no UTF-8", function()
    assert.equal("M\u{FFFD}ller é", markup.escape("M\xfcller é"))
    assert.equal("\u{FFFD}\u{FFFD}", markup.escape("\xc3\xc3"))
    assert.is_truthy(utf8.len(markup.escape("\xed\xa0\x80 \xf8")))
  end)

  it("writes attributes in the order of their names", function()
    assert.equal(' a="1" b="&lt;" hidden="hidden"', markup.attributes { b = "<", a = 1, hidden = true, gone = false })
    assert.equal("", markup.attributes(nil))
  end)
end)
