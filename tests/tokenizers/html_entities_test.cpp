#include "tokenizers/html_entities.h"

#include <gmock/gmock.h>

namespace fude::tokenizers {
namespace {

TEST(UnescapeHtml, ReadsNamesAsAnHtmlReaderDoes) {
  EXPECT_EQ(unescape_html(U"&amp;&lt;&AMP;&NewLine;"), U"&<&\n");
  EXPECT_EQ(unescape_html(U"&lt 6 &notit; &notin;"), U"< 6 ¬it; ∉");
  EXPECT_EQ(unescape_html(U"&unknown; & &; &EACUTE;"), U"&unknown; & &; &EACUTE;");
  EXPECT_EQ(unescape_html(U"&acE;"), U"\u223E\u0333");
}

TEST(UnescapeHtml, ReadsNumbers) {
  EXPECT_EQ(unescape_html(U"&#65;&#x42;&#X63 &#67"), U"ABc C");
  EXPECT_EQ(unescape_html(U"&#128;&#x9d;&#0;&#xD800;&#1114112;&#99999999999;"), U"€\u009D\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(unescape_html(U"a&#1;b&#xFFFE;c&#127;d"), U"abcd");
  EXPECT_EQ(unescape_html(U"&#; &#x; &#g;"), U"&#; &#x; &#g;");
}

TEST(UnescapePlainHtml, TakesOnlyWhatIsSurelyMeant) {
  EXPECT_EQ(unescape_plain_html(U"&amp; &lt &notit; &#65; &#66"), U"& &lt &notit; A &#66");
  EXPECT_EQ(unescape_plain_html(U"&EACUTE; &SZLIG; &LT;"), U"É SS <");
  EXPECT_EQ(unescape_plain_html(U"&#59; &#65x; &CounterClockwiseContourIntegral;"),
            U"&#59; &#65x; &CounterClockwiseContourIntegral;");
}

}  // namespace
}  // namespace fude::tokenizers
