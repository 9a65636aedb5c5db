local markdown = require "ecgraft.html.markdown"
local xml = require "spec.support.xml"

--- HTML without line ends between elements.
local function html(text)
  local out = markdown.html(text)
  xml.parse("<div>" .. out .. "</div>", {void = {"br", "hr", "img"}}) -- well-formed, whatever the text
  return (out:gsub(">\n<", "><"):gsub("\n", " "):gsub("%s+$", ""))
end

describe("Markdown", function()
  it("has headings, paragraphs, rules and quotes", function()
    assert.equal("<h1>One</h1><h3>Three</h3>", html "# One\n### Three ###")
    assert.equal("<p>a b</p><p>c</p>", html "a\nb\n\n\nc")
    assert.equal("<p>a</p><hr><p>b</p>", html "a\n\n---\nb")
    assert.equal("<blockquote><p>a b</p></blockquote>", html "> a\n> b")
    assert.equal("<p>a<br> b</p>", html "a  \nb")
    assert.equal("<p>#no heading</p>", html "#no heading")
  end)

  it("has lists within lists", function()
    assert.equal("<ul><li>a</li><li>b<ul><li>c</li><li>d</li></ul></li><li>e</li></ul>", html "- a\n- b\n  - c\n  - d\n- e")
    assert.equal("<ol><li>a goes on</li><li>b</li></ol>", html "1. a\n   goes on\n2. b")
    assert.equal('<ol start="3"><li>c</li></ol>', html "3. c")
    assert.equal("<ul><li><p>a</p><p>b</p></li></ul>", html "- a\n\n  b")
    assert.equal("<p>a</p><ul><li>b</li></ul><p>c</p>", html "a\n- b\n\nc")
  end)

  it("has tables and code", function()
    assert.equal('<div class="scroll" tabindex="0"><table><thead><tr><th>a</th><th style="text-align:right">b</th></tr></thead><tbody>'
      .. '<tr><td>1</td><td style="text-align:right">x|y</td></tr></tbody></table></div><p>after</p>',
      html "| a | b |\n|---|--:|\n| 1 | x\\|y |\n\nafter")
    assert.equal('<pre tabindex="0"><code># no *heading*   &lt;</code></pre>', html "```lua\n# no *heading*\n  <\n```")
    assert.equal('<pre tabindex="0"><code>not closed</code></pre>', html "```\nnot closed")
  end)

  it("has emphasis, code, links and pictures within lines", function()
    assert.equal("<p><em>a</em> <strong>b</strong> <em>c</em> <code>*d* &lt;</code></p>", html "*a* **b** _c_ `*d* <`")
    assert.equal("<p>snake_case_name 2 * 3 * 4 *a*</p>", html "snake_case_name 2 * 3 * 4 \\*a\\*")
    assert.equal('<p><a href="https://a.org/x_y_z?a=1&amp;b=2">a <em>b</em></a></p>', html "[a *b*](https://a.org/x_y_z?a=1&b=2)")
    assert.equal('<p><a href="https://a.org">https://a.org</a></p>', html "<https://a.org>")
    assert.equal('<p><img src="data:image/png;base64,AAAA" alt="p"></p>', html "![p](data:image/png;base64,AAAA)")
    assert.equal('<p><a href="a.png">p</a></p>', html "![p](a.png)") -- a page fetches nothing
  end)

  it("lets nothing become markup or a dangerous link", function()
    assert.equal("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", html "<script>alert(1)</script>")
    for _, link in ipairs{"[a](javascript:x)", "[a](JavaScript:x)", "[a](data:text/html,x)", "[a]( vbscript:x)", "[a](\1javascript:x)"} do
      assert.equal("<p>a</p>", html(link))
    end
    assert.equal('<p><a href="&quot;onclick=&quot;x">a</a></p>', html '[a]("onclick="x)')
    assert.equal("<p>\u{FFFD}</p>", html "\255")
    assert.equal("<p>1</p>", html "\u{E000}1\u{E001}")
  end)

  it("ends for whatever text", function()
    math.randomseed(1)
    local pieces = {"#", " ", "\n", "\n\n", "-", "*", "_", "`", "```", "|", ">", "1.", "[", "](", ")", "a", "  ", "\\", "<", "!"}
    for _ = 1, 2000 do
      local text = {}
      for i = 1, math.random(1, 30) do text[i] = pieces[math.random(#pieces)] end
      html(table.concat(text))
    end
  end)

  it("knows its title", function()
    assert.equal("A look at code", markdown.title "text\n## A [look](x) at `code`")
    assert.is_nil(markdown.title "none")
  end)
end)
