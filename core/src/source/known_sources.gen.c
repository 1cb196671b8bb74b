/* Made by core/data/gen.mjs from known_sources.csv; do not edit. */
#include "source/known_sources.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

/* clang-format off */
const char hw__known_names[] =
    "google\0"
    "bing\0"
    "yahoo\0"
    "duckduckgo\0"
    "ecosia\0"
    "baidu\0"
    "yandex\0"
    "qwant\0"
    "startpage\0"
    "brave\0"
    "kagi\0"
    "ask\0"
    "aol\0"
    "naver\0"
    "daum\0"
    "seznam\0"
    "sogou\0"
    "so.com\0"
    "shenma\0"
    "lycos\0"
    "dogpile\0"
    "rambler\0"
    "mail.ru search\0"
    "onet\0"
    "wirtualna polska\0"
    "virgilio\0"
    "swisscows\0"
    "presearch\0"
    "mojeek\0"
    "metager\0"
    "you.com\0"
    "webcrawler\0"
    "info.com\0"
    "infospace\0"
    "msn\0"
    "coc coc\0"
    "petal search\0"
    "goo\0"
    "docomo\0"
    "nifty\0"
    "excite\0"
    "lilo\0"
    "gibiru\0"
    "exalead\0"
    "sapo\0"
    "t-online\0"
    "web.de\0"
    "gmx\0"
    "freenet\0"
    "walla\0"
    "search.ch\0"
    "eniro\0"
    "kvasir\0"
    "najdi\0"
    "startsiden\0"
    "babylon\0"
    "conduit\0"
    "avg\0"
    "comcast\0"
    "biglobe\0"
    "centrum\0"
    "globo\0"
    "incredimail\0"
    "ukr.net\0"
    "terra\0"
    "alltheweb\0"
    "altavista\0"
    "rakuten search\0"
    "auone\0"
    "facebook\0"
    "messenger\0"
    "instagram\0"
    "threads\0"
    "whatsapp\0"
    "linkedin\0"
    "pinterest\0"
    "tiktok\0"
    "twitter\0"
    "reddit\0"
    "snapchat\0"
    "tumblr\0"
    "quora\0"
    "medium\0"
    "vk\0"
    "odnoklassniki\0"
    "weibo\0"
    "wechat\0"
    "qzone\0"
    "renren\0"
    "douban\0"
    "line\0"
    "kakao\0"
    "band\0"
    "mastodon\0"
    "bluesky\0"
    "discord\0"
    "telegram\0"
    "viber\0"
    "skype\0"
    "slack\0"
    "xing\0"
    "viadeo\0"
    "meetup\0"
    "nextdoor\0"
    "yelp\0"
    "tripadvisor\0"
    "trustpilot\0"
    "glassdoor\0"
    "flipboard\0"
    "hatena\0"
    "livejournal\0"
    "myspace\0"
    "flickr\0"
    "deviantart\0"
    "dribbble\0"
    "behance\0"
    "goodreads\0"
    "last.fm\0"
    "soundcloud\0"
    "digg\0"
    "mix\0"
    "delicious\0"
    "diigo\0"
    "instapaper\0"
    "pocket\0"
    "hacker news\0"
    "lobsters\0"
    "slashdot\0"
    "product hunt\0"
    "stack overflow\0"
    "truth social\0"
    "gab\0"
    "gettr\0"
    "minds\0"
    "mewe\0"
    "plurk\0"
    "taringa\0"
    "badoo\0"
    "hi5\0"
    "couchsurfing\0"
    "academia\0"
    "researchgate\0"
    "disqus\0"
    "blogger\0"
    "wordpress\0"
    "typepad\0"
    "hootsuite\0"
    "lemon8\0"
    "clubhouse\0"
    "zhihu\0"
    "xiaohongshu\0"
    "naver blog\0"
    "ameba\0"
    "mixi\0"
    "note\0"
    "pixiv\0"
    "foursquare\0"
    "fiverr\0"
    "workplace\0"
    "yammer\0"
    "youtube\0"
    "vimeo\0"
    "dailymotion\0"
    "twitch\0"
    "netflix\0"
    "hulu\0"
    "rumble\0"
    "bilibili\0"
    "disney plus\0"
    "crackle\0"
    "ted\0"
    "wistia\0"
    "vevo\0"
    "veoh\0"
    "youku\0"
    "iqiyi\0"
    "odysee\0"
    "bitchute\0"
    "niconico\0"
    "rutube\0"
    "kick\0"
    "metacafe\0"
    "google shopping\0"
    "amazon\0"
    "ebay\0"
    "etsy\0"
    "walmart\0"
    "alibaba\0"
    "aliexpress\0"
    "shopify\0"
    "stripe\0"
    "instagram shopping\0"
    "shopzilla\0"
    "bizrate\0"
    "pricegrabber\0"
    "shopping.com\0"
    "mercado libre\0"
    "rakuten\0"
    "target\0"
    "best buy\0"
    "wayfair\0"
    "zalando\0"
    "otto\0"
    "idealo\0"
    "kelkoo\0"
    "pricerunner\0"
    "ceneo\0"
    "allegro\0"
    "bol\0"
    "cdiscount\0"
    "temu\0"
    "shein\0"
    "flipkart\0"
    "lazada\0"
    "shopee\0"
    "tmall\0"
    "taobao\0"
    "jd\0"
    "coupang\0"
    "skroutz\0"
    "wish\0"
    "newegg\0"
    "overstock\0"
    "depop\0"
    "poshmark\0"
    "mercari\0"
    "vinted\0"
    "gmail\0"
    "outlook\0"
    "yahoo mail\0"
    "aol mail\0"
    "proton mail\0"
    "zoho mail\0"
    "mail.ru mail\0"
    "gmx mail\0"
    "web.de mail\0"
    "qq mail\0"
    "163 mail\0"
    "yandex mail\0"
    "orange mail\0"
    "libero mail\0"
    "seznam mail\0"
    "naver mail\0"
    "fastmail\0"
    "chatgpt\0"
    "claude\0"
    "copilot\0"
    "gemini\0"
    "grok\0"
    "perplexity\0"
    "deepseek\0"
    "mistral\0"
    "meta ai\0"
    "qwen\0"
    "duck.ai\0"
    "notebooklm\0"
    "iask\0"
    "ernie bot\0"
    "chatglm\0"
    "jasper\0"
    "writesonic\0"
    "chatplus\0"
    "chat-gpt.org\0"
    "poe\0"
    "phind\0"
    "kimi\0";

const char hw__known_patterns[] =
    "163 mail"
    "360.cn"
    "a.co"
    "academia.edu"
    "ai.baidu.com"
    "ai.perplexity.app.android"
    "alibaba"
    "alibaba.com"
    "aliexpress"
    "aliexpress.*"
    "allegro"
    "allegro.pl"
    "alltheweb"
    "alltheweb.com"
    "altavista"
    "altavista.com"
    "amazon"
    "amazon.*"
    "amazon_ads"
    "ameba.jp"
    "ameblo"
    "ameblo.jp"
    "amzn.to"
    "anthropic"
    "aol"
    "aol mail"
    "aol.*"
    "app.fastmail.com"
    "app.jasper.ai"
    "app.slack.com"
    "app.writesonic.com"
    "ask"
    "ask.com"
    "auone"
    "auone.jp"
    "avg"
    "away.vk.com"
    "b.hatena.ne.jp"
    "b23.tv"
    "babylon"
    "badoo"
    "badoo.com"
    "baidu"
    "baidu.com"
    "band.us"
    "bard"
    "bard.google.com"
    "behance"
    "behance.net"
    "best buy"
    "bestbuy"
    "bestbuy.com"
    "biglobe"
    "bilibili"
    "bilibili.com"
    "bing"
    "bing.com"
    "bitchute"
    "bitchute.com"
    "bizrate"
    "bizrate.com"
    "blog.naver.com"
    "blogger"
    "blogger.com"
    "blogspot.*"
    "bluesky"
    "bol.com"
    "brave"
    "bsky"
    "bsky.app"
    "buscador.terra.com.br"
    "cafe.naver.com"
    "cdiscount"
    "cdiscount.com"
    "ceneo"
    "ceneo.pl"
    "centrum"
    "centrum.cz"
    "chat-gpt.org"
    "chat.deepseek.com"
    "chat.mistral.ai"
    "chat.openai.com"
    "chat.qwen.ai"
    "chatglm"
    "chatglm.cn"
    "chatgpt"
    "chatgpt.com"
    "chatplus.com"
    "checkout.shopify.com"
    "checkout.stripe.com"
    "claude"
    "claude.ai"
    "clubhouse.com"
    "coc coc"
    "coccoc"
    "coccoc.com"
    "com.anthropic.claude"
    "com.duckduckgo.mobile.android"
    "com.facebook.katana"
    "com.facebook.lite"
    "com.facebook.orca"
    "com.google.android.apps.bard"
    "com.google.android.gm"
    "com.google.android.googlequicksearchbox"
    "com.google.android.youtube"
    "com.instagram.android"
    "com.linkedin.android"
    "com.microsoft.office.outlook"
    "com.openai.chatgpt"
    "com.pinterest"
    "com.reddit.frontpage"
    "com.slack"
    "com.snapchat.android"
    "com.tencent.mm"
    "com.twitter.android"
    "com.vkontakte.android"
    "com.whatsapp"
    "com.zhiliaoapp.musically"
    "comcast"
    "conduit"
    "copilot"
    "copilot.com"
    "copilot.microsoft.com"
    "couchsurfing"
    "couchsurfing.com"
    "coupang"
    "coupang.com"
    "crackle"
    "crackle.com"
    "dai.ly"
    "dailymotion"
    "dailymotion.com"
    "daum"
    "daum.net"
    "ddg"
    "ddg.gg"
    "deepseek"
    "deepseek.com"
    "del.icio.us"
    "delicious"
    "depop"
    "depop.com"
    "deref-gmx.com"
    "deref-gmx.net"
    "deref-web-02.de"
    "deref-web.de"
    "deviantart"
    "deviantart.com"
    "digg"
    "digg.com"
    "diigo"
    "diigo.com"
    "discord"
    "discord.com"
    "discord.gg"
    "discordapp.com"
    "disney plus"
    "disneyplus"
    "disneyplus.com"
    "disqus"
    "disqus.com"
    "dogpile"
    "dogpile.com"
    "douban"
    "douban.com"
    "dribbble"
    "dribbble.com"
    "duck.ai"
    "duckduckgo"
    "duckduckgo.com"
    "e.mail.ru"
    "ebay"
    "ebay.*"
    "ebay.us"
    "ecosia"
    "ecosia.org"
    "email.seznam.cz"
    "eniro"
    "eniro.se"
    "ernie bot"
    "etsy"
    "etsy.com"
    "exalead"
    "exalead.com"
    "excite"
    "excite.*"
    "facebook"
    "facebook.com"
    "facebook_ads"
    "fb"
    "fb.com"
    "fb.me"
    "fb_ads"
    "fiverr"
    "fiverr.com"
    "flickr"
    "flickr.com"
    "flipboard"
    "flipboard.com"
    "flipkart"
    "flipkart.com"
    "fosstodon.org"
    "foursquare"
    "foursquare.com"
    "gab.com"
    "gemini"
    "gemini.google.com"
    "getpocket.com"
    "gettr"
    "gettr.com"
    "gibiru"
    "gibiru.com"
    "glassdoor"
    "glassdoor.com"
    "globo"
    "globo.com"
    "gmail"
    "gmx mail"
    "go.bsky.app"
    "go.mail.ru"
    "goo.ne.jp"
    "goodreads"
    "goodreads.com"
    "google"
    "google shopping"
    "google-shopping"
    "google.*"
    "googleadservices.com"
    "googleshopping"
    "grok"
    "grok.com"
    "hacker news"
    "hackernews"
    "hatena"
    "hi5"
    "hi5.com"
    "hn"
    "hootsuite"
    "hootsuite.com"
    "hotmail"
    "hulu"
    "hulu.com"
    "iask"
    "iask.ai"
    "idealo"
    "idealo.*"
    "ig"
    "ig_shopping"
    "igshopping"
    "incredimail"
    "info.com"
    "infospace"
    "infospace.com"
    "instagram"
    "instagram shopping"
    "instagram.com"
    "instagram_ads"
    "instapaper"
    "instapaper.com"
    "iq.com"
    "iqiyi"
    "iqiyi.com"
    "isearch.avg.com"
    "ixquick.com"
    "jd.com"
    "kagi"
    "kagi.com"
    "kakao"
    "kakao.com"
    "kakaotalk"
    "kelkoo"
    "kelkoo.*"
    "kick.com"
    "kimi.com"
    "kimi.moonshot.cn"
    "kvasir"
    "kvasir.no"
    "l.facebook.com"
    "l.instagram.com"
    "labs.openai.com"
    "last.fm"
    "lastfm.*"
    "lazada"
    "lazada.*"
    "lemon8-app.com"
    "libero mail"
    "lilo"
    "lilo.org"
    "line"
    "line.me"
    "linkedin"
    "linkedin.com"
    "linkedin_ads"
    "livejournal"
    "livejournal.com"
    "lm.facebook.com"
    "lnkd.in"
    "lobste.rs"
    "lycos"
    "lycos.*"
    "m.baidu.com"
    "m.blog.naver.com"
    "m.me"
    "m.search.naver.com"
    "m.youtube.com"
    "mail.163.com"
    "mail.aol.com"
    "mail.google.com"
    "mail.libero.it"
    "mail.naver.com"
    "mail.orange.fr"
    "mail.proton.me"
    "mail.protonmail.com"
    "mail.qq.com"
    "mail.ru mail"
    "mail.ru search"
    "mail.yahoo.co.jp"
    "mail.yahoo.com"
    "mail.yandex.com"
    "mail.yandex.ru"
    "mail.zoho.com"
    "mail.zoho.eu"
    "mas.to"
    "mastodon"
    "mastodon.online"
    "mastodon.social"
    "medium.com"
    "meetup"
    "meetup.com"
    "mercado libre"
    "mercadolibre"
    "mercadolibre.*"
    "mercadolivre"
    "mercadolivre.*"
    "mercari"
    "mercari.com"
    "messagerie.orange.fr"
    "messenger"
    "messenger.com"
    "meta"
    "meta ai"
    "meta.ai"
    "metacafe"
    "metacafe.com"
    "metager"
    "metager.de"
    "metager.org"
    "mewe"
    "mewe.com"
    "minds.com"
    "mistral"
    "mistral.ai"
    "mix.com"
    "mixi"
    "mixi.jp"
    "mojeek"
    "mojeek.com"
    "mp.weixin.qq.com"
    "msn"
    "msn.com"
    "mstdn.jp"
    "mstdn.social"
    "myshopify.com"
    "myspace"
    "myspace.com"
    "najdi"
    "najdi.si"
    "naver"
    "naver blog"
    "naver mail"
    "naver.com"
    "navigator.gmx.net"
    "navigator.web.de"
    "netflix"
    "netflix.com"
    "newegg"
    "newegg.*"
    "news.ycombinator.com"
    "nextdoor"
    "nextdoor.com"
    "niconico"
    "nicovideo"
    "nicovideo.jp"
    "note.com"
    "notebooklm"
    "notebooklm.google.com"
    "nova.rambler.ru"
    "odnoklassniki"
    "odnoklassniki.ru"
    "odysee"
    "odysee.com"
    "ok.ru"
    "onet"
    "onet.pl"
    "openai"
    "openai.com"
    "orange mail"
    "org.telegram.messenger"
    "otto"
    "otto.de"
    "out.reddit.com"
    "outlook"
    "outlook.com"
    "outlook.live.com"
    "outlook.office.com"
    "outlook.office365.com"
    "overstock"
    "overstock.com"
    "ow.ly"
    "perplexity"
    "perplexity.ai"
    "pesquisa.sapo.pt"
    "petal search"
    "petalsearch"
    "petalsearch.com"
    "phind.com"
    "pin.it"
    "pinterest"
    "pinterest.*"
    "pinterest_ads"
    "pixiv"
    "pixiv.net"
    "player.vimeo.com"
    "plurk"
    "plurk.com"
    "pocket"
    "poe.com"
    "poshmark"
    "poshmark.com"
    "presearch"
    "presearch.com"
    "presearch.org"
    "pricegrabber"
    "pricegrabber.com"
    "pricerunner"
    "pricerunner.*"
    "product hunt"
    "producthunt"
    "producthunt.com"
    "proton mail"
    "qq mail"
    "quora"
    "quora.com"
    "qwant"
    "qwant.com"
    "qwen"
    "qzone"
    "qzone.qq.com"
    "rakuten"
    "rakuten search"
    "rakuten.*"
    "rakuten.co.jp"
    "rambler"
    "rambler.ru"
    "redd.it"
    "reddit"
    "reddit.com"
    "reddit_ads"
    "renren"
    "renren.com"
    "researchgate"
    "researchgate.net"
    "rumble"
    "rumble.com"
    "rutube"
    "rutube.ru"
    "sapo"
    "search.aol.com"
    "search.auone.jp"
    "search.avg.com"
    "search.babylon.com"
    "search.biglobe.ne.jp"
    "search.brave.com"
    "search.centrum.cz"
    "search.ch"
    "search.comcast.net"
    "search.conduit.com"
    "search.daum.net"
    "search.goo.ne.jp"
    "search.incredimail.com"
    "search.lilo.org"
    "search.naver.com"
    "search.nifty.com"
    "search.seznam.cz"
    "search.smt.docomo.ne.jp"
    "search.virgilio.it"
    "search.walla.co.il"
    "search.yahoo.com"
    "seznam"
    "seznam mail"
    "seznam.cz"
    "shein"
    "shein.*"
    "shop.app"
    "shopee"
    "shopee.*"
    "shopify"
    "shopify.com"
    "shopping"
    "shopping.com"
    "shopping.google.com"
    "shopzilla"
    "shopzilla.com"
    "skroutz"
    "skroutz.gr"
    "skype"
    "skype.com"
    "slack"
    "slashdot"
    "slashdot.org"
    "sm.cn"
    "snapchat"
    "snapchat.com"
    "snapchat_ads"
    "so.com"
    "sogou"
    "sogou.com"
    "soundcloud"
    "soundcloud.com"
    "stack overflow"
    "stackexchange.com"
    "stackoverflow"
    "stackoverflow.com"
    "startpage"
    "startpage.com"
    "startsiden"
    "startsiden.no"
    "story.kakao.com"
    "stripe"
    "stripe.com"
    "stumbleupon"
    "stumbleupon.com"
    "suche.freenet.de"
    "suche.gmx.at"
    "suche.gmx.ch"
    "suche.gmx.net"
    "suche.t-online.de"
    "suche.web.de"
    "swisscows"
    "swisscows.ch"
    "swisscows.com"
    "szukaj.onet.pl"
    "szukaj.wp.pl"
    "t-online"
    "t.cn"
    "t.co"
    "t.me"
    "taobao"
    "taobao.com"
    "target"
    "target.com"
    "taringa"
    "taringa.net"
    "ted"
    "ted.com"
    "telegram"
    "telegram.org"
    "temu"
    "temu.com"
    "terra"
    "threads"
    "threads.com"
    "threads.net"
    "tiktok"
    "tiktok.com"
    "tiktok_ads"
    "tmall"
    "tmall.com"
    "tripadvisor"
    "tripadvisor.*"
    "trustpilot"
    "trustpilot.com"
    "truth social"
    "truthsocial"
    "truthsocial.com"
    "tumblr"
    "tumblr.com"
    "twitch"
    "twitch.tv"
    "twitter"
    "twitter.com"
    "twitter_ads"
    "typepad"
    "typepad.com"
    "ukr"
    "ukr.net"
    "veoh"
    "veoh.com"
    "vevo"
    "vevo.com"
    "viadeo"
    "viadeo.com"
    "viber"
    "viber.com"
    "vimeo"
    "vimeo.com"
    "vinted"
    "vinted.*"
    "virgilio"
    "virgilio.it"
    "vk"
    "vk.com"
    "vk.ru"
    "vkontakte"
    "vkontakte.ru"
    "wa.me"
    "walla"
    "walmart"
    "walmart.*"
    "wayfair"
    "wayfair.*"
    "web.de mail"
    "web.skype.com"
    "web.telegram.org"
    "web.whatsapp.com"
    "webcrawler"
    "webcrawler.com"
    "websearch.rakuten.co.jp"
    "wechat"
    "wechat.com"
    "weibo"
    "weibo.cn"
    "weibo.com"
    "weixin.qq.com"
    "whatsapp"
    "whatsapp.com"
    "wirtualna polska"
    "wish.com"
    "wistia"
    "wistia.com"
    "wistia.net"
    "wordpress"
    "wordpress.com"
    "workplace.com"
    "x"
    "x.com"
    "xhslink.com"
    "xiaohongshu"
    "xiaohongshu.com"
    "xing"
    "xing.com"
    "ya.ru"
    "yahoo"
    "yahoo mail"
    "yahoo.*"
    "yammer"
    "yammer.com"
    "yandex"
    "yandex mail"
    "yandex.*"
    "yelp"
    "yelp.com"
    "yiyan.baidu.com"
    "you.com"
    "youku"
    "youku.com"
    "youtu.be"
    "youtube"
    "youtube.com"
    "youtube_ads"
    "yt"
    "zalando"
    "zalando.*"
    "zhihu"
    "zhihu.com"
    "zoho mail";

const hw__known hw__known_sources[] = {
    {0, 1897, 8, HW__EMAIL}, /* 163 mail */
    {8, 108, 6, HW__SEARCH}, /* 360.cn */
    {14, 1446, 4, HW__SHOPPING}, /* a.co */
    {18, 1101, 12, HW__SOCIAL}, /* academia.edu */
    {30, 2074, 12, HW__AI}, /* ai.baidu.com */
    {42, 2009, 25, HW__AI}, /* ai.perplexity.app.android */
    {67, 1471, 7, HW__SHOPPING}, /* alibaba */
    {74, 1471, 11, HW__SHOPPING}, /* alibaba.com */
    {85, 1479, 10, HW__SHOPPING}, /* aliexpress */
    {95, 1479, 12, HW__SHOPPING}, /* aliexpress.* */
    {107, 1659, 7, HW__SHOPPING}, /* allegro */
    {114, 1659, 10, HW__SHOPPING}, /* allegro.pl */
    {124, 487, 9, HW__SEARCH}, /* alltheweb */
    {133, 487, 13, HW__SEARCH}, /* alltheweb.com */
    {146, 497, 9, HW__SEARCH}, /* altavista */
    {155, 497, 13, HW__SEARCH}, /* altavista.com */
    {168, 1446, 6, HW__SHOPPING}, /* amazon */
    {174, 1446, 8, HW__SHOPPING}, /* amazon.* */
    {182, 1446, 10, HW__SHOPPING}, /* amazon_ads */
    {192, 1212, 8, HW__SOCIAL}, /* ameba.jp */
    {200, 1212, 6, HW__SOCIAL}, /* ameblo */
    {206, 1212, 9, HW__SOCIAL}, /* ameblo.jp */
    {215, 1446, 7, HW__SHOPPING}, /* amzn.to */
    {222, 1982, 9, HW__AI}, /* anthropic */
    {231, 80, 3, HW__SEARCH}, /* aol */
    {234, 1824, 8, HW__EMAIL}, /* aol mail */
    {242, 80, 5, HW__SEARCH}, /* aol.* */
    {247, 1965, 16, HW__EMAIL}, /* app.fastmail.com */
    {263, 2092, 13, HW__AI}, /* app.jasper.ai */
    {276, 756, 13, HW__SOCIAL}, /* app.slack.com */
    {289, 2099, 18, HW__AI}, /* app.writesonic.com */
    {307, 76, 3, HW__SEARCH}, /* ask */
    {310, 76, 7, HW__SEARCH}, /* ask.com */
    {317, 522, 5, HW__SEARCH}, /* auone */
    {322, 522, 8, HW__SEARCH}, /* auone.jp */
    {330, 427, 3, HW__SEARCH}, /* avg */
    {333, 644, 11, HW__SOCIAL}, /* away.vk.com */
    {344, 838, 14, HW__SOCIAL}, /* b.hatena.ne.jp */
    {358, 1322, 6, HW__VIDEO}, /* b23.tv */
    {364, 411, 7, HW__SEARCH}, /* babylon */
    {371, 1078, 5, HW__SOCIAL}, /* badoo */
    {376, 1078, 9, HW__SOCIAL}, /* badoo.com */
    {385, 36, 5, HW__SEARCH}, /* baidu */
    {390, 36, 9, HW__SEARCH}, /* baidu.com */
    {399, 705, 7, HW__SOCIAL}, /* band.us */
    {406, 1997, 4, HW__AI}, /* bard */
    {410, 1997, 15, HW__AI}, /* bard.google.com */
    {425, 892, 7, HW__SOCIAL}, /* behance */
    {432, 892, 11, HW__SOCIAL}, /* behance.net */
    {443, 1597, 8, HW__SHOPPING}, /* best buy */
    {451, 1597, 7, HW__SHOPPING}, /* bestbuy */
    {458, 1597, 11, HW__SHOPPING}, /* bestbuy.com */
    {469, 439, 7, HW__SEARCH}, /* biglobe */
    {476, 1322, 8, HW__VIDEO}, /* bilibili */
    {484, 1322, 12, HW__VIDEO}, /* bilibili.com */
    {496, 7, 4, HW__SEARCH}, /* bing */
    {500, 7, 8, HW__SEARCH}, /* bing.com */
    {508, 1391, 8, HW__VIDEO}, /* bitchute */
    {516, 1391, 12, HW__VIDEO}, /* bitchute.com */
    {528, 1534, 7, HW__SHOPPING}, /* bizrate */
    {535, 1534, 11, HW__SHOPPING}, /* bizrate.com */
    {546, 1201, 14, HW__SOCIAL}, /* blog.naver.com */
    {560, 1130, 7, HW__SOCIAL}, /* blogger */
    {567, 1130, 11, HW__SOCIAL}, /* blogger.com */
    {578, 1130, 10, HW__SOCIAL}, /* blogspot.* */
    {588, 719, 7, HW__SOCIAL}, /* bluesky */
    {595, 1667, 7, HW__SHOPPING}, /* bol.com */
    {602, 65, 5, HW__SEARCH}, /* brave */
    {607, 719, 4, HW__SOCIAL}, /* bsky */
    {611, 719, 8, HW__SOCIAL}, /* bsky.app */
    {619, 481, 21, HW__SEARCH}, /* buscador.terra.com.br */
    {640, 1201, 14, HW__SOCIAL}, /* cafe.naver.com */
    {654, 1671, 9, HW__SHOPPING}, /* cdiscount */
    {663, 1671, 13, HW__SHOPPING}, /* cdiscount.com */
    {676, 1653, 5, HW__SHOPPING}, /* ceneo */
    {681, 1653, 8, HW__SHOPPING}, /* ceneo.pl */
    {689, 447, 7, HW__SEARCH}, /* centrum */
    {696, 447, 10, HW__SEARCH}, /* centrum.cz */
    {706, 2119, 12, HW__AI}, /* chat-gpt.org */
    {718, 2020, 17, HW__AI}, /* chat.deepseek.com */
    {735, 2029, 15, HW__AI}, /* chat.mistral.ai */
    {750, 1974, 15, HW__AI}, /* chat.openai.com */
    {765, 2045, 12, HW__AI}, /* chat.qwen.ai */
    {777, 2084, 7, HW__AI}, /* chatglm */
    {784, 2084, 10, HW__AI}, /* chatglm.cn */
    {794, 1974, 7, HW__AI}, /* chatgpt */
    {801, 1974, 11, HW__AI}, /* chatgpt.com */
    {812, 2110, 12, HW__AI}, /* chatplus.com */
    {824, 1490, 20, HW__SHOPPING}, /* checkout.shopify.com */
    {844, 1498, 19, HW__SHOPPING}, /* checkout.stripe.com */
    {863, 1982, 6, HW__AI}, /* claude */
    {869, 1982, 9, HW__AI}, /* claude.ai */
    {878, 1173, 13, HW__SOCIAL}, /* clubhouse.com */
    {891, 267, 7, HW__SEARCH}, /* coc coc */
    {898, 267, 6, HW__SEARCH}, /* coccoc */
    {904, 267, 10, HW__SEARCH}, /* coccoc.com */
    {914, 1982, 20, HW__AI}, /* com.anthropic.claude */
    {934, 18, 29, HW__SEARCH}, /* com.duckduckgo.mobile.android */
    {963, 528, 19, HW__SOCIAL}, /* com.facebook.katana */
    {982, 528, 17, HW__SOCIAL}, /* com.facebook.lite */
    {999, 537, 17, HW__SOCIAL}, /* com.facebook.orca */
    {1016, 1997, 28, HW__AI}, /* com.google.android.apps.bard */
    {1044, 1799, 21, HW__EMAIL}, /* com.google.android.gm */
    {1065, 0, 39, HW__SEARCH}, /* com.google.android.googlequicksearchbox */
    {1104, 1269, 26, HW__VIDEO}, /* com.google.android.youtube */
    {1130, 547, 21, HW__SOCIAL}, /* com.instagram.android */
    {1151, 574, 20, HW__SOCIAL}, /* com.linkedin.android */
    {1171, 1805, 28, HW__EMAIL}, /* com.microsoft.office.outlook */
    {1199, 1974, 18, HW__AI}, /* com.openai.chatgpt */
    {1217, 583, 13, HW__SOCIAL}, /* com.pinterest */
    {1230, 608, 20, HW__SOCIAL}, /* com.reddit.frontpage */
    {1250, 756, 9, HW__SOCIAL}, /* com.slack */
    {1259, 615, 20, HW__SOCIAL}, /* com.snapchat.android */
    {1279, 667, 14, HW__SOCIAL}, /* com.tencent.mm */
    {1293, 600, 19, HW__SOCIAL}, /* com.twitter.android */
    {1312, 644, 21, HW__SOCIAL}, /* com.vkontakte.android */
    {1333, 565, 12, HW__SOCIAL}, /* com.whatsapp */
    {1345, 593, 24, HW__SOCIAL}, /* com.zhiliaoapp.musically */
    {1369, 431, 7, HW__SEARCH}, /* comcast */
    {1376, 419, 7, HW__SEARCH}, /* conduit */
    {1383, 1989, 7, HW__AI}, /* copilot */
    {1390, 1989, 11, HW__AI}, /* copilot.com */
    {1401, 1989, 21, HW__AI}, /* copilot.microsoft.com */
    {1422, 1088, 12, HW__SOCIAL}, /* couchsurfing */
    {1434, 1088, 16, HW__SOCIAL}, /* couchsurfing.com */
    {1450, 1731, 7, HW__SHOPPING}, /* coupang */
    {1457, 1731, 11, HW__SHOPPING}, /* coupang.com */
    {1468, 1343, 7, HW__VIDEO}, /* crackle */
    {1475, 1343, 11, HW__VIDEO}, /* crackle.com */
    {1486, 1283, 6, HW__VIDEO}, /* dai.ly */
    {1492, 1283, 11, HW__VIDEO}, /* dailymotion */
    {1503, 1283, 15, HW__VIDEO}, /* dailymotion.com */
    {1518, 90, 4, HW__SEARCH}, /* daum */
    {1522, 90, 8, HW__SEARCH}, /* daum.net */
    {1530, 18, 3, HW__SEARCH}, /* ddg */
    {1533, 18, 6, HW__SEARCH}, /* ddg.gg */
    {1539, 2020, 8, HW__AI}, /* deepseek */
    {1547, 2020, 12, HW__AI}, /* deepseek.com */
    {1559, 938, 11, HW__SOCIAL}, /* del.icio.us */
    {1570, 938, 9, HW__SOCIAL}, /* delicious */
    {1579, 1769, 5, HW__SHOPPING}, /* depop */
    {1584, 1769, 9, HW__SHOPPING}, /* depop.com */
    {1593, 1868, 13, HW__EMAIL}, /* deref-gmx.com */
    {1606, 1868, 13, HW__EMAIL}, /* deref-gmx.net */
    {1619, 1877, 15, HW__EMAIL}, /* deref-web-02.de */
    {1634, 1877, 12, HW__EMAIL}, /* deref-web.de */
    {1646, 872, 10, HW__SOCIAL}, /* deviantart */
    {1656, 872, 14, HW__SOCIAL}, /* deviantart.com */
    {1670, 929, 4, HW__SOCIAL}, /* digg */
    {1674, 929, 8, HW__SOCIAL}, /* digg.com */
    {1682, 948, 5, HW__SOCIAL}, /* diigo */
    {1687, 948, 9, HW__SOCIAL}, /* diigo.com */
    {1696, 727, 7, HW__SOCIAL}, /* discord */
    {1703, 727, 11, HW__SOCIAL}, /* discord.com */
    {1714, 727, 10, HW__SOCIAL}, /* discord.gg */
    {1724, 727, 14, HW__SOCIAL}, /* discordapp.com */
    {1738, 1331, 11, HW__VIDEO}, /* disney plus */
    {1749, 1331, 10, HW__VIDEO}, /* disneyplus */
    {1759, 1331, 14, HW__VIDEO}, /* disneyplus.com */
    {1773, 1123, 6, HW__SOCIAL}, /* disqus */
    {1779, 1123, 10, HW__SOCIAL}, /* disqus.com */
    {1789, 128, 7, HW__SEARCH}, /* dogpile */
    {1796, 128, 11, HW__SEARCH}, /* dogpile.com */
    {1807, 687, 6, HW__SOCIAL}, /* douban */
    {1813, 687, 10, HW__SOCIAL}, /* douban.com */
    {1823, 883, 8, HW__SOCIAL}, /* dribbble */
    {1831, 883, 12, HW__SOCIAL}, /* dribbble.com */
    {1843, 2050, 7, HW__AI}, /* duck.ai */
    {1850, 18, 10, HW__SEARCH}, /* duckduckgo */
    {1860, 18, 14, HW__SEARCH}, /* duckduckgo.com */
    {1874, 1855, 9, HW__EMAIL}, /* e.mail.ru */
    {1883, 1453, 4, HW__SHOPPING}, /* ebay */
    {1887, 1453, 6, HW__SHOPPING}, /* ebay.* */
    {1893, 1453, 7, HW__SHOPPING}, /* ebay.us */
    {1900, 29, 6, HW__SEARCH}, /* ecosia */
    {1906, 29, 10, HW__SEARCH}, /* ecosia.org */
    {1916, 1942, 15, HW__EMAIL}, /* email.seznam.cz */
    {1931, 381, 5, HW__SEARCH}, /* eniro */
    {1936, 381, 8, HW__SEARCH}, /* eniro.se */
    {1944, 2074, 9, HW__AI}, /* ernie bot */
    {1953, 1458, 4, HW__SHOPPING}, /* etsy */
    {1957, 1458, 8, HW__SHOPPING}, /* etsy.com */
    {1965, 324, 7, HW__SEARCH}, /* exalead */
    {1972, 324, 11, HW__SEARCH}, /* exalead.com */
    {1983, 305, 6, HW__SEARCH}, /* excite */
    {1989, 305, 8, HW__SEARCH}, /* excite.* */
    {1997, 528, 8, HW__SOCIAL}, /* facebook */
    {2005, 528, 12, HW__SOCIAL}, /* facebook.com */
    {2017, 528, 12, HW__SOCIAL}, /* facebook_ads */
    {2029, 528, 2, HW__SOCIAL}, /* fb */
    {2031, 528, 6, HW__SOCIAL}, /* fb.com */
    {2037, 528, 5, HW__SOCIAL}, /* fb.me */
    {2042, 528, 6, HW__SOCIAL}, /* fb_ads */
    {2048, 1245, 6, HW__SOCIAL}, /* fiverr */
    {2054, 1245, 10, HW__SOCIAL}, /* fiverr.com */
    {2064, 865, 6, HW__SOCIAL}, /* flickr */
    {2070, 865, 10, HW__SOCIAL}, /* flickr.com */
    {2080, 828, 9, HW__SOCIAL}, /* flipboard */
    {2089, 828, 13, HW__SOCIAL}, /* flipboard.com */
    {2102, 1692, 8, HW__SHOPPING}, /* flipkart */
    {2110, 1692, 12, HW__SHOPPING}, /* flipkart.com */
    {2122, 710, 13, HW__SOCIAL}, /* fosstodon.org */
    {2135, 1234, 10, HW__SOCIAL}, /* foursquare */
    {2145, 1234, 14, HW__SOCIAL}, /* foursquare.com */
    {2159, 1043, 7, HW__SOCIAL}, /* gab.com */
    {2166, 1997, 6, HW__AI}, /* gemini */
    {2172, 1997, 17, HW__AI}, /* gemini.google.com */
    {2189, 965, 13, HW__SOCIAL}, /* getpocket.com */
    {2202, 1047, 5, HW__SOCIAL}, /* gettr */
    {2207, 1047, 9, HW__SOCIAL}, /* gettr.com */
    {2216, 317, 6, HW__SEARCH}, /* gibiru */
    {2222, 317, 10, HW__SEARCH}, /* gibiru.com */
    {2232, 818, 9, HW__SOCIAL}, /* glassdoor */
    {2241, 818, 13, HW__SOCIAL}, /* glassdoor.com */
    {2254, 455, 5, HW__SEARCH}, /* globo */
    {2259, 455, 9, HW__SEARCH}, /* globo.com */
    {2268, 1799, 5, HW__EMAIL}, /* gmail */
    {2273, 1868, 8, HW__EMAIL}, /* gmx mail */
    {2281, 719, 11, HW__SOCIAL}, /* go.bsky.app */
    {2292, 144, 10, HW__SEARCH}, /* go.mail.ru */
    {2302, 288, 9, HW__SEARCH}, /* goo.ne.jp */
    {2311, 900, 9, HW__SOCIAL}, /* goodreads */
    {2320, 900, 13, HW__SOCIAL}, /* goodreads.com */
    {2333, 0, 6, HW__SEARCH}, /* google */
    {2339, 1430, 15, HW__SHOPPING}, /* google shopping */
    {2354, 1430, 15, HW__SHOPPING}, /* google-shopping */
    {2369, 0, 8, HW__SEARCH}, /* google.* */
    {2377, 0, 20, HW__SEARCH}, /* googleadservices.com */
    {2397, 1430, 14, HW__SHOPPING}, /* googleshopping */
    {2411, 2004, 4, HW__AI}, /* grok */
    {2415, 2004, 8, HW__AI}, /* grok.com */
    {2423, 972, 11, HW__SOCIAL}, /* hacker news */
    {2434, 972, 10, HW__SOCIAL}, /* hackernews */
    {2444, 838, 6, HW__SOCIAL}, /* hatena */
    {2450, 1084, 3, HW__SOCIAL}, /* hi5 */
    {2453, 1084, 7, HW__SOCIAL}, /* hi5.com */
    {2460, 972, 2, HW__SOCIAL}, /* hn */
    {2462, 1156, 9, HW__SOCIAL}, /* hootsuite */
    {2471, 1156, 13, HW__SOCIAL}, /* hootsuite.com */
    {2484, 1805, 7, HW__EMAIL}, /* hotmail */
    {2491, 1310, 4, HW__VIDEO}, /* hulu */
    {2495, 1310, 8, HW__VIDEO}, /* hulu.com */
    {2503, 2069, 4, HW__AI}, /* iask */
    {2507, 2069, 7, HW__AI}, /* iask.ai */
    {2514, 1627, 6, HW__SHOPPING}, /* idealo */
    {2520, 1627, 8, HW__SHOPPING}, /* idealo.* */
    {2528, 547, 2, HW__SOCIAL}, /* ig */
    {2530, 1505, 11, HW__SHOPPING}, /* ig_shopping */
    {2541, 1505, 10, HW__SHOPPING}, /* igshopping */
    {2551, 461, 11, HW__SEARCH}, /* incredimail */
    {2562, 244, 8, HW__SEARCH}, /* info.com */
    {2570, 253, 9, HW__SEARCH}, /* infospace */
    {2579, 253, 13, HW__SEARCH}, /* infospace.com */
    {2592, 547, 9, HW__SOCIAL}, /* instagram */
    {2601, 1505, 18, HW__SHOPPING}, /* instagram shopping */
    {2619, 547, 13, HW__SOCIAL}, /* instagram.com */
    {2632, 547, 13, HW__SOCIAL}, /* instagram_ads */
    {2645, 954, 10, HW__SOCIAL}, /* instapaper */
    {2655, 954, 14, HW__SOCIAL}, /* instapaper.com */
    {2669, 1378, 6, HW__VIDEO}, /* iq.com */
    {2675, 1378, 5, HW__VIDEO}, /* iqiyi */
    {2680, 1378, 9, HW__VIDEO}, /* iqiyi.com */
    {2689, 427, 15, HW__SEARCH}, /* isearch.avg.com */
    {2704, 55, 11, HW__SEARCH}, /* ixquick.com */
    {2715, 1728, 6, HW__SHOPPING}, /* jd.com */
    {2721, 71, 4, HW__SEARCH}, /* kagi */
    {2725, 71, 8, HW__SEARCH}, /* kagi.com */
    {2733, 699, 5, HW__SOCIAL}, /* kakao */
    {2738, 699, 9, HW__SOCIAL}, /* kakao.com */
    {2747, 699, 9, HW__SOCIAL}, /* kakaotalk */
    {2756, 1634, 6, HW__SHOPPING}, /* kelkoo */
    {2762, 1634, 8, HW__SHOPPING}, /* kelkoo.* */
    {2770, 1416, 8, HW__VIDEO}, /* kick.com */
    {2778, 2142, 8, HW__AI}, /* kimi.com */
    {2786, 2142, 16, HW__AI}, /* kimi.moonshot.cn */
    {2802, 387, 6, HW__SEARCH}, /* kvasir */
    {2808, 387, 9, HW__SEARCH}, /* kvasir.no */
    {2817, 528, 14, HW__SOCIAL}, /* l.facebook.com */
    {2831, 547, 15, HW__SOCIAL}, /* l.instagram.com */
    {2846, 1974, 15, HW__AI}, /* labs.openai.com */
    {2861, 910, 7, HW__SOCIAL}, /* last.fm */
    {2868, 910, 8, HW__SOCIAL}, /* lastfm.* */
    {2876, 1701, 6, HW__SHOPPING}, /* lazada */
    {2882, 1701, 8, HW__SHOPPING}, /* lazada.* */
    {2890, 1166, 14, HW__SOCIAL}, /* lemon8-app.com */
    {2904, 1930, 11, HW__EMAIL}, /* libero mail */
    {2915, 312, 4, HW__SEARCH}, /* lilo */
    {2919, 312, 8, HW__SEARCH}, /* lilo.org */
    {2927, 694, 4, HW__SOCIAL}, /* line */
    {2931, 694, 7, HW__SOCIAL}, /* line.me */
    {2938, 574, 8, HW__SOCIAL}, /* linkedin */
    {2946, 574, 12, HW__SOCIAL}, /* linkedin.com */
    {2958, 574, 12, HW__SOCIAL}, /* linkedin_ads */
    {2970, 845, 11, HW__SOCIAL}, /* livejournal */
    {2981, 845, 15, HW__SOCIAL}, /* livejournal.com */
    {2996, 528, 15, HW__SOCIAL}, /* lm.facebook.com */
    {3011, 574, 7, HW__SOCIAL}, /* lnkd.in */
    {3018, 984, 9, HW__SOCIAL}, /* lobste.rs */
    {3027, 122, 5, HW__SEARCH}, /* lycos */
    {3032, 122, 7, HW__SEARCH}, /* lycos.* */
    {3039, 36, 11, HW__SEARCH}, /* m.baidu.com */
    {3050, 1201, 16, HW__SOCIAL}, /* m.blog.naver.com */
    {3066, 528, 4, HW__SOCIAL}, /* m.me */
    {3070, 84, 18, HW__SEARCH}, /* m.search.naver.com */
    {3088, 1269, 13, HW__VIDEO}, /* m.youtube.com */
    {3101, 1897, 12, HW__EMAIL}, /* mail.163.com */
    {3113, 1824, 12, HW__EMAIL}, /* mail.aol.com */
    {3125, 1799, 15, HW__EMAIL}, /* mail.google.com */
    {3140, 1930, 14, HW__EMAIL}, /* mail.libero.it */
    {3154, 1954, 14, HW__EMAIL}, /* mail.naver.com */
    {3168, 1918, 14, HW__EMAIL}, /* mail.orange.fr */
    {3182, 1833, 14, HW__EMAIL}, /* mail.proton.me */
    {3196, 1833, 19, HW__EMAIL}, /* mail.protonmail.com */
    {3215, 1889, 11, HW__EMAIL}, /* mail.qq.com */
    {3226, 1855, 12, HW__EMAIL}, /* mail.ru mail */
    {3238, 144, 14, HW__SEARCH}, /* mail.ru search */
    {3252, 1813, 16, HW__EMAIL}, /* mail.yahoo.co.jp */
    {3268, 1813, 14, HW__EMAIL}, /* mail.yahoo.com */
    {3282, 1906, 15, HW__EMAIL}, /* mail.yandex.com */
    {3297, 1906, 14, HW__EMAIL}, /* mail.yandex.ru */
    {3311, 1845, 13, HW__EMAIL}, /* mail.zoho.com */
    {3324, 1845, 12, HW__EMAIL}, /* mail.zoho.eu */
    {3336, 710, 6, HW__SOCIAL}, /* mas.to */
    {3342, 710, 8, HW__SOCIAL}, /* mastodon */
    {3350, 710, 15, HW__SOCIAL}, /* mastodon.online */
    {3365, 710, 15, HW__SOCIAL}, /* mastodon.social */
    {3380, 637, 10, HW__SOCIAL}, /* medium.com */
    {3390, 774, 6, HW__SOCIAL}, /* meetup */
    {3396, 774, 10, HW__SOCIAL}, /* meetup.com */
    {3406, 1568, 13, HW__SHOPPING}, /* mercado libre */
    {3419, 1568, 12, HW__SHOPPING}, /* mercadolibre */
    {3431, 1568, 14, HW__SHOPPING}, /* mercadolibre.* */
    {3445, 1568, 12, HW__SHOPPING}, /* mercadolivre */
    {3457, 1568, 14, HW__SHOPPING}, /* mercadolivre.* */
    {3471, 1784, 7, HW__SHOPPING}, /* mercari */
    {3478, 1784, 11, HW__SHOPPING}, /* mercari.com */
    {3489, 1918, 20, HW__EMAIL}, /* messagerie.orange.fr */
    {3509, 537, 9, HW__SOCIAL}, /* messenger */
    {3518, 537, 13, HW__SOCIAL}, /* messenger.com */
    {3531, 528, 4, HW__SOCIAL}, /* meta */
    {3535, 2037, 7, HW__AI}, /* meta ai */
    {3542, 2037, 7, HW__AI}, /* meta.ai */
    {3549, 1421, 8, HW__VIDEO}, /* metacafe */
    {3557, 1421, 12, HW__VIDEO}, /* metacafe.com */
    {3569, 217, 7, HW__SEARCH}, /* metager */
    {3576, 217, 10, HW__SEARCH}, /* metager.de */
    {3586, 217, 11, HW__SEARCH}, /* metager.org */
    {3597, 1059, 4, HW__SOCIAL}, /* mewe */
    {3601, 1059, 8, HW__SOCIAL}, /* mewe.com */
    {3609, 1053, 9, HW__SOCIAL}, /* minds.com */
    {3618, 2029, 7, HW__AI}, /* mistral */
    {3625, 2029, 10, HW__AI}, /* mistral.ai */
    {3635, 934, 7, HW__SOCIAL}, /* mix.com */
    {3642, 1218, 4, HW__SOCIAL}, /* mixi */
    {3646, 1218, 7, HW__SOCIAL}, /* mixi.jp */
    {3653, 210, 6, HW__SEARCH}, /* mojeek */
    {3659, 210, 10, HW__SEARCH}, /* mojeek.com */
    {3669, 667, 16, HW__SOCIAL}, /* mp.weixin.qq.com */
    {3685, 263, 3, HW__SEARCH}, /* msn */
    {3688, 263, 7, HW__SEARCH}, /* msn.com */
    {3695, 710, 8, HW__SOCIAL}, /* mstdn.jp */
    {3703, 710, 12, HW__SOCIAL}, /* mstdn.social */
    {3715, 1490, 13, HW__SHOPPING}, /* myshopify.com */
    {3728, 857, 7, HW__SOCIAL}, /* myspace */
    {3735, 857, 11, HW__SOCIAL}, /* myspace.com */
    {3746, 394, 5, HW__SEARCH}, /* najdi */
    {3751, 394, 8, HW__SEARCH}, /* najdi.si */
    {3759, 84, 5, HW__SEARCH}, /* naver */
    {3764, 1201, 10, HW__SOCIAL}, /* naver blog */
    {3774, 1954, 10, HW__EMAIL}, /* naver mail */
    {3784, 84, 9, HW__SEARCH}, /* naver.com */
    {3793, 1868, 17, HW__EMAIL}, /* navigator.gmx.net */
    {3810, 1877, 16, HW__EMAIL}, /* navigator.web.de */
    {3826, 1302, 7, HW__VIDEO}, /* netflix */
    {3833, 1302, 11, HW__VIDEO}, /* netflix.com */
    {3844, 1752, 6, HW__SHOPPING}, /* newegg */
    {3850, 1752, 8, HW__SHOPPING}, /* newegg.* */
    {3858, 972, 20, HW__SOCIAL}, /* news.ycombinator.com */
    {3878, 781, 8, HW__SOCIAL}, /* nextdoor */
    {3886, 781, 12, HW__SOCIAL}, /* nextdoor.com */
    {3898, 1400, 8, HW__VIDEO}, /* niconico */
    {3906, 1400, 9, HW__VIDEO}, /* nicovideo */
    {3915, 1400, 12, HW__VIDEO}, /* nicovideo.jp */
    {3927, 1223, 8, HW__SOCIAL}, /* note.com */
    {3935, 2058, 10, HW__AI}, /* notebooklm */
    {3945, 2058, 21, HW__AI}, /* notebooklm.google.com */
    {3966, 136, 15, HW__SEARCH}, /* nova.rambler.ru */
    {3981, 647, 13, HW__SOCIAL}, /* odnoklassniki */
    {3994, 647, 16, HW__SOCIAL}, /* odnoklassniki.ru */
    {4010, 1384, 6, HW__VIDEO}, /* odysee */
    {4016, 1384, 10, HW__VIDEO}, /* odysee.com */
    {4026, 647, 5, HW__SOCIAL}, /* ok.ru */
    {4031, 159, 4, HW__SEARCH}, /* onet */
    {4035, 159, 7, HW__SEARCH}, /* onet.pl */
    {4042, 1974, 6, HW__AI}, /* openai */
    {4048, 1974, 10, HW__AI}, /* openai.com */
    {4058, 1918, 11, HW__EMAIL}, /* orange mail */
    {4069, 735, 22, HW__SOCIAL}, /* org.telegram.messenger */
    {4091, 1622, 4, HW__SHOPPING}, /* otto */
    {4095, 1622, 7, HW__SHOPPING}, /* otto.de */
    {4102, 608, 14, HW__SOCIAL}, /* out.reddit.com */
    {4116, 1805, 7, HW__EMAIL}, /* outlook */
    {4123, 1805, 11, HW__EMAIL}, /* outlook.com */
    {4134, 1805, 16, HW__EMAIL}, /* outlook.live.com */
    {4150, 1805, 18, HW__EMAIL}, /* outlook.office.com */
    {4168, 1805, 21, HW__EMAIL}, /* outlook.office365.com */
    {4189, 1759, 9, HW__SHOPPING}, /* overstock */
    {4198, 1759, 13, HW__SHOPPING}, /* overstock.com */
    {4211, 1156, 5, HW__SOCIAL}, /* ow.ly */
    {4216, 2009, 10, HW__AI}, /* perplexity */
    {4226, 2009, 13, HW__AI}, /* perplexity.ai */
    {4239, 332, 16, HW__SEARCH}, /* pesquisa.sapo.pt */
    {4255, 275, 12, HW__SEARCH}, /* petal search */
    {4267, 275, 11, HW__SEARCH}, /* petalsearch */
    {4278, 275, 15, HW__SEARCH}, /* petalsearch.com */
    {4293, 2136, 9, HW__AI}, /* phind.com */
    {4302, 583, 6, HW__SOCIAL}, /* pin.it */
    {4308, 583, 9, HW__SOCIAL}, /* pinterest */
    {4317, 583, 11, HW__SOCIAL}, /* pinterest.* */
    {4328, 583, 13, HW__SOCIAL}, /* pinterest_ads */
    {4341, 1228, 5, HW__SOCIAL}, /* pixiv */
    {4346, 1228, 9, HW__SOCIAL}, /* pixiv.net */
    {4355, 1277, 16, HW__VIDEO}, /* player.vimeo.com */
    {4371, 1064, 5, HW__SOCIAL}, /* plurk */
    {4376, 1064, 9, HW__SOCIAL}, /* plurk.com */
    {4385, 965, 6, HW__SOCIAL}, /* pocket */
    {4391, 2132, 7, HW__AI}, /* poe.com */
    {4398, 1775, 8, HW__SHOPPING}, /* poshmark */
    {4406, 1775, 12, HW__SHOPPING}, /* poshmark.com */
    {4418, 200, 9, HW__SEARCH}, /* presearch */
    {4427, 200, 13, HW__SEARCH}, /* presearch.com */
    {4440, 200, 13, HW__SEARCH}, /* presearch.org */
    {4453, 1542, 12, HW__SHOPPING}, /* pricegrabber */
    {4465, 1542, 16, HW__SHOPPING}, /* pricegrabber.com */
    {4481, 1641, 11, HW__SHOPPING}, /* pricerunner */
    {4492, 1641, 13, HW__SHOPPING}, /* pricerunner.* */
    {4505, 1002, 12, HW__SOCIAL}, /* product hunt */
    {4517, 1002, 11, HW__SOCIAL}, /* producthunt */
    {4528, 1002, 15, HW__SOCIAL}, /* producthunt.com */
    {4543, 1833, 11, HW__EMAIL}, /* proton mail */
    {4554, 1889, 7, HW__EMAIL}, /* qq mail */
    {4561, 631, 5, HW__SOCIAL}, /* quora */
    {4566, 631, 9, HW__SOCIAL}, /* quora.com */
    {4575, 49, 5, HW__SEARCH}, /* qwant */
    {4580, 49, 9, HW__SEARCH}, /* qwant.com */
    {4589, 2045, 4, HW__AI}, /* qwen */
    {4593, 674, 5, HW__SOCIAL}, /* qzone */
    {4598, 674, 12, HW__SOCIAL}, /* qzone.qq.com */
    {4610, 1582, 7, HW__SHOPPING}, /* rakuten */
    {4617, 507, 14, HW__SEARCH}, /* rakuten search */
    {4631, 1582, 9, HW__SHOPPING}, /* rakuten.* */
    {4640, 1582, 13, HW__SHOPPING}, /* rakuten.co.jp */
    {4653, 136, 7, HW__SEARCH}, /* rambler */
    {4660, 136, 10, HW__SEARCH}, /* rambler.ru */
    {4670, 608, 7, HW__SOCIAL}, /* redd.it */
    {4677, 608, 6, HW__SOCIAL}, /* reddit */
    {4683, 608, 10, HW__SOCIAL}, /* reddit.com */
    {4693, 608, 10, HW__SOCIAL}, /* reddit_ads */
    {4703, 680, 6, HW__SOCIAL}, /* renren */
    {4709, 680, 10, HW__SOCIAL}, /* renren.com */
    {4719, 1110, 12, HW__SOCIAL}, /* researchgate */
    {4731, 1110, 16, HW__SOCIAL}, /* researchgate.net */
    {4747, 1315, 6, HW__VIDEO}, /* rumble */
    {4753, 1315, 10, HW__VIDEO}, /* rumble.com */
    {4763, 1409, 6, HW__VIDEO}, /* rutube */
    {4769, 1409, 9, HW__VIDEO}, /* rutube.ru */
    {4778, 332, 4, HW__SEARCH}, /* sapo */
    {4782, 80, 14, HW__SEARCH}, /* search.aol.com */
    {4796, 522, 15, HW__SEARCH}, /* search.auone.jp */
    {4811, 427, 14, HW__SEARCH}, /* search.avg.com */
    {4825, 411, 18, HW__SEARCH}, /* search.babylon.com */
    {4843, 439, 20, HW__SEARCH}, /* search.biglobe.ne.jp */
    {4863, 65, 16, HW__SEARCH}, /* search.brave.com */
    {4879, 447, 17, HW__SEARCH}, /* search.centrum.cz */
    {4896, 371, 9, HW__SEARCH}, /* search.ch */
    {4905, 431, 18, HW__SEARCH}, /* search.comcast.net */
    {4923, 419, 18, HW__SEARCH}, /* search.conduit.com */
    {4941, 90, 15, HW__SEARCH}, /* search.daum.net */
    {4956, 288, 16, HW__SEARCH}, /* search.goo.ne.jp */
    {4972, 461, 22, HW__SEARCH}, /* search.incredimail.com */
    {4994, 312, 15, HW__SEARCH}, /* search.lilo.org */
    {5009, 84, 16, HW__SEARCH}, /* search.naver.com */
    {5025, 299, 16, HW__SEARCH}, /* search.nifty.com */
    {5041, 95, 16, HW__SEARCH}, /* search.seznam.cz */
    {5057, 292, 23, HW__SEARCH}, /* search.smt.docomo.ne.jp */
    {5080, 181, 18, HW__SEARCH}, /* search.virgilio.it */
    {5098, 365, 18, HW__SEARCH}, /* search.walla.co.il */
    {5116, 12, 16, HW__SEARCH}, /* search.yahoo.com */
    {5132, 95, 6, HW__SEARCH}, /* seznam */
    {5138, 1942, 11, HW__EMAIL}, /* seznam mail */
    {5149, 95, 9, HW__SEARCH}, /* seznam.cz */
    {5158, 1686, 5, HW__SHOPPING}, /* shein */
    {5163, 1686, 7, HW__SHOPPING}, /* shein.* */
    {5170, 1490, 8, HW__SHOPPING}, /* shop.app */
    {5178, 1708, 6, HW__SHOPPING}, /* shopee */
    {5184, 1708, 8, HW__SHOPPING}, /* shopee.* */
    {5192, 1490, 7, HW__SHOPPING}, /* shopify */
    {5199, 1490, 11, HW__SHOPPING}, /* shopify.com */
    {5210, 1430, 8, HW__SHOPPING}, /* shopping */
    {5218, 1555, 12, HW__SHOPPING}, /* shopping.com */
    {5230, 1430, 19, HW__SHOPPING}, /* shopping.google.com */
    {5249, 1524, 9, HW__SHOPPING}, /* shopzilla */
    {5258, 1524, 13, HW__SHOPPING}, /* shopzilla.com */
    {5271, 1739, 7, HW__SHOPPING}, /* skroutz */
    {5278, 1739, 10, HW__SHOPPING}, /* skroutz.gr */
    {5288, 750, 5, HW__SOCIAL}, /* skype */
    {5293, 750, 9, HW__SOCIAL}, /* skype.com */
    {5302, 756, 5, HW__SOCIAL}, /* slack */
    {5307, 993, 8, HW__SOCIAL}, /* slashdot */
    {5315, 993, 12, HW__SOCIAL}, /* slashdot.org */
    {5327, 115, 5, HW__SEARCH}, /* sm.cn */
    {5332, 615, 8, HW__SOCIAL}, /* snapchat */
    {5340, 615, 12, HW__SOCIAL}, /* snapchat.com */
    {5352, 615, 12, HW__SOCIAL}, /* snapchat_ads */
    {5364, 108, 6, HW__SEARCH}, /* so.com */
    {5370, 102, 5, HW__SEARCH}, /* sogou */
    {5375, 102, 9, HW__SEARCH}, /* sogou.com */
    {5384, 918, 10, HW__SOCIAL}, /* soundcloud */
    {5394, 918, 14, HW__SOCIAL}, /* soundcloud.com */
    {5408, 1015, 14, HW__SOCIAL}, /* stack overflow */
    {5422, 1015, 17, HW__SOCIAL}, /* stackexchange.com */
    {5439, 1015, 13, HW__SOCIAL}, /* stackoverflow */
    {5452, 1015, 17, HW__SOCIAL}, /* stackoverflow.com */
    {5469, 55, 9, HW__SEARCH}, /* startpage */
    {5478, 55, 13, HW__SEARCH}, /* startpage.com */
    {5491, 400, 10, HW__SEARCH}, /* startsiden */
    {5501, 400, 13, HW__SEARCH}, /* startsiden.no */
    {5514, 699, 15, HW__SOCIAL}, /* story.kakao.com */
    {5529, 1498, 6, HW__SHOPPING}, /* stripe */
    {5535, 1498, 10, HW__SHOPPING}, /* stripe.com */
    {5545, 934, 11, HW__SOCIAL}, /* stumbleupon */
    {5556, 934, 15, HW__SOCIAL}, /* stumbleupon.com */
    {5571, 357, 16, HW__SEARCH}, /* suche.freenet.de */
    {5587, 353, 12, HW__SEARCH}, /* suche.gmx.at */
    {5599, 353, 12, HW__SEARCH}, /* suche.gmx.ch */
    {5611, 353, 13, HW__SEARCH}, /* suche.gmx.net */
    {5624, 337, 17, HW__SEARCH}, /* suche.t-online.de */
    {5641, 346, 12, HW__SEARCH}, /* suche.web.de */
    {5653, 190, 9, HW__SEARCH}, /* swisscows */
    {5662, 190, 12, HW__SEARCH}, /* swisscows.ch */
    {5674, 190, 13, HW__SEARCH}, /* swisscows.com */
    {5687, 159, 14, HW__SEARCH}, /* szukaj.onet.pl */
    {5701, 164, 12, HW__SEARCH}, /* szukaj.wp.pl */
    {5713, 337, 8, HW__SEARCH}, /* t-online */
    {5721, 661, 4, HW__SOCIAL}, /* t.cn */
    {5725, 600, 4, HW__SOCIAL}, /* t.co */
    {5729, 735, 4, HW__SOCIAL}, /* t.me */
    {5733, 1721, 6, HW__SHOPPING}, /* taobao */
    {5739, 1721, 10, HW__SHOPPING}, /* taobao.com */
    {5749, 1590, 6, HW__SHOPPING}, /* target */
    {5755, 1590, 10, HW__SHOPPING}, /* target.com */
    {5765, 1070, 7, HW__SOCIAL}, /* taringa */
    {5772, 1070, 11, HW__SOCIAL}, /* taringa.net */
    {5783, 1351, 3, HW__VIDEO}, /* ted */
    {5786, 1351, 7, HW__VIDEO}, /* ted.com */
    {5793, 735, 8, HW__SOCIAL}, /* telegram */
    {5801, 735, 12, HW__SOCIAL}, /* telegram.org */
    {5813, 1681, 4, HW__SHOPPING}, /* temu */
    {5817, 1681, 8, HW__SHOPPING}, /* temu.com */
    {5825, 481, 5, HW__SEARCH}, /* terra */
    {5830, 557, 7, HW__SOCIAL}, /* threads */
    {5837, 557, 11, HW__SOCIAL}, /* threads.com */
    {5848, 557, 11, HW__SOCIAL}, /* threads.net */
    {5859, 593, 6, HW__SOCIAL}, /* tiktok */
    {5865, 593, 10, HW__SOCIAL}, /* tiktok.com */
    {5875, 593, 10, HW__SOCIAL}, /* tiktok_ads */
    {5885, 1715, 5, HW__SHOPPING}, /* tmall */
    {5890, 1715, 9, HW__SHOPPING}, /* tmall.com */
    {5899, 795, 11, HW__SOCIAL}, /* tripadvisor */
    {5910, 795, 13, HW__SOCIAL}, /* tripadvisor.* */
    {5923, 807, 10, HW__SOCIAL}, /* trustpilot */
    {5933, 807, 14, HW__SOCIAL}, /* trustpilot.com */
    {5947, 1030, 12, HW__SOCIAL}, /* truth social */
    {5959, 1030, 11, HW__SOCIAL}, /* truthsocial */
    {5970, 1030, 15, HW__SOCIAL}, /* truthsocial.com */
    {5985, 624, 6, HW__SOCIAL}, /* tumblr */
    {5991, 624, 10, HW__SOCIAL}, /* tumblr.com */
    {6001, 1295, 6, HW__VIDEO}, /* twitch */
    {6007, 1295, 9, HW__VIDEO}, /* twitch.tv */
    {6016, 600, 7, HW__SOCIAL}, /* twitter */
    {6023, 600, 11, HW__SOCIAL}, /* twitter.com */
    {6034, 600, 11, HW__SOCIAL}, /* twitter_ads */
    {6045, 1148, 7, HW__SOCIAL}, /* typepad */
    {6052, 1148, 11, HW__SOCIAL}, /* typepad.com */
    {6063, 473, 3, HW__SEARCH}, /* ukr */
    {6066, 473, 7, HW__SEARCH}, /* ukr.net */
    {6073, 1367, 4, HW__VIDEO}, /* veoh */
    {6077, 1367, 8, HW__VIDEO}, /* veoh.com */
    {6085, 1362, 4, HW__VIDEO}, /* vevo */
    {6089, 1362, 8, HW__VIDEO}, /* vevo.com */
    {6097, 767, 6, HW__SOCIAL}, /* viadeo */
    {6103, 767, 10, HW__SOCIAL}, /* viadeo.com */
    {6113, 744, 5, HW__SOCIAL}, /* viber */
    {6118, 744, 9, HW__SOCIAL}, /* viber.com */
    {6127, 1277, 5, HW__VIDEO}, /* vimeo */
    {6132, 1277, 9, HW__VIDEO}, /* vimeo.com */
    {6141, 1792, 6, HW__SHOPPING}, /* vinted */
    {6147, 1792, 8, HW__SHOPPING}, /* vinted.* */
    {6155, 181, 8, HW__SEARCH}, /* virgilio */
    {6163, 181, 11, HW__SEARCH}, /* virgilio.it */
    {6174, 644, 2, HW__SOCIAL}, /* vk */
    {6176, 644, 6, HW__SOCIAL}, /* vk.com */
    {6182, 644, 5, HW__SOCIAL}, /* vk.ru */
    {6187, 644, 9, HW__SOCIAL}, /* vkontakte */
    {6196, 644, 12, HW__SOCIAL}, /* vkontakte.ru */
    {6208, 565, 5, HW__SOCIAL}, /* wa.me */
    {6213, 365, 5, HW__SEARCH}, /* walla */
    {6218, 1463, 7, HW__SHOPPING}, /* walmart */
    {6225, 1463, 9, HW__SHOPPING}, /* walmart.* */
    {6234, 1606, 7, HW__SHOPPING}, /* wayfair */
    {6241, 1606, 9, HW__SHOPPING}, /* wayfair.* */
    {6250, 1877, 11, HW__EMAIL}, /* web.de mail */
    {6261, 750, 13, HW__SOCIAL}, /* web.skype.com */
    {6274, 735, 16, HW__SOCIAL}, /* web.telegram.org */
    {6290, 565, 16, HW__SOCIAL}, /* web.whatsapp.com */
    {6306, 233, 10, HW__SEARCH}, /* webcrawler */
    {6316, 233, 14, HW__SEARCH}, /* webcrawler.com */
    {6330, 507, 23, HW__SEARCH}, /* websearch.rakuten.co.jp */
    {6353, 667, 6, HW__SOCIAL}, /* wechat */
    {6359, 667, 10, HW__SOCIAL}, /* wechat.com */
    {6369, 661, 5, HW__SOCIAL}, /* weibo */
    {6374, 661, 8, HW__SOCIAL}, /* weibo.cn */
    {6382, 661, 9, HW__SOCIAL}, /* weibo.com */
    {6391, 667, 13, HW__SOCIAL}, /* weixin.qq.com */
    {6404, 565, 8, HW__SOCIAL}, /* whatsapp */
    {6412, 565, 12, HW__SOCIAL}, /* whatsapp.com */
    {6424, 164, 16, HW__SEARCH}, /* wirtualna polska */
    {6440, 1747, 8, HW__SHOPPING}, /* wish.com */
    {6448, 1355, 6, HW__VIDEO}, /* wistia */
    {6454, 1355, 10, HW__VIDEO}, /* wistia.com */
    {6464, 1355, 10, HW__VIDEO}, /* wistia.net */
    {6474, 1138, 9, HW__SOCIAL}, /* wordpress */
    {6483, 1138, 13, HW__SOCIAL}, /* wordpress.com */
    {6496, 1252, 13, HW__SOCIAL}, /* workplace.com */
    {6509, 600, 1, HW__SOCIAL}, /* x */
    {6510, 600, 5, HW__SOCIAL}, /* x.com */
    {6515, 1189, 11, HW__SOCIAL}, /* xhslink.com */
    {6526, 1189, 11, HW__SOCIAL}, /* xiaohongshu */
    {6537, 1189, 15, HW__SOCIAL}, /* xiaohongshu.com */
    {6552, 762, 4, HW__SOCIAL}, /* xing */
    {6556, 762, 8, HW__SOCIAL}, /* xing.com */
    {6564, 42, 5, HW__SEARCH}, /* ya.ru */
    {6569, 12, 5, HW__SEARCH}, /* yahoo */
    {6574, 1813, 10, HW__EMAIL}, /* yahoo mail */
    {6584, 12, 7, HW__SEARCH}, /* yahoo.* */
    {6591, 1262, 6, HW__SOCIAL}, /* yammer */
    {6597, 1262, 10, HW__SOCIAL}, /* yammer.com */
    {6607, 42, 6, HW__SEARCH}, /* yandex */
    {6613, 1906, 11, HW__EMAIL}, /* yandex mail */
    {6624, 42, 8, HW__SEARCH}, /* yandex.* */
    {6632, 790, 4, HW__SOCIAL}, /* yelp */
    {6636, 790, 8, HW__SOCIAL}, /* yelp.com */
    {6644, 2074, 15, HW__AI}, /* yiyan.baidu.com */
    {6659, 225, 7, HW__SEARCH}, /* you.com */
    {6666, 1372, 5, HW__VIDEO}, /* youku */
    {6671, 1372, 9, HW__VIDEO}, /* youku.com */
    {6680, 1269, 8, HW__VIDEO}, /* youtu.be */
    {6688, 1269, 7, HW__VIDEO}, /* youtube */
    {6695, 1269, 11, HW__VIDEO}, /* youtube.com */
    {6706, 1269, 11, HW__VIDEO}, /* youtube_ads */
    {6717, 1269, 2, HW__VIDEO}, /* yt */
    {6719, 1614, 7, HW__SHOPPING}, /* zalando */
    {6726, 1614, 9, HW__SHOPPING}, /* zalando.* */
    {6735, 1183, 5, HW__SOCIAL}, /* zhihu */
    {6740, 1183, 9, HW__SOCIAL}, /* zhihu.com */
    {6749, 1845, 9, HW__EMAIL}, /* zoho mail */
};
/* clang-format on */

const size_t hw__known_count = 666;
