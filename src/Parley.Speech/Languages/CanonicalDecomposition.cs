using System.Collections.Frozen;
using System.Text;

namespace Parley.Speech.Languages;

/// <summary>
/// Canonical decomposition of Unicode (NFD) for the scripts that voices are made for. An application with invariant globalization, as ours
/// are, has none of its own.
/// </summary>
internal static class CanonicalDecomposition
{
    // For each combining mark: composed letters, each followed by its base. Generated from the Unicode Character Database, version 15.
    private static readonly Dictionary<char, string> Marks = new()
    {
        ['\u0300'] =
            "ÀAÈEÌIÒOÙUàaèeìiòoùuǛÜǜüǸNǹnЀЕЍИѐеѝиḔĒḕēṐŌṑōẀWẁwẦÂầâẰĂằăỀÊềêỒÔồôỜƠờơỪƯừưỲYỳyἂἀἃἁἊἈἋἉἒἐἓἑἚἘἛἙἢἠἣἡἪἨἫἩἲἰἳἱ" +
            "ἺἸἻἹὂὀὃὁὊὈὋὉὒὐὓὑὛὙὢὠὣὡὪὨὫὩὰαὲεὴηὶιὸοὺυὼωᾺΑῈΕῊΗ῍᾿ῒϊῚΙ῝῾ῢϋῪΥ῭¨ῸΟῺΩ",
        ['\u0301'] =
            "ÁAÉEÍIÓOÚUÝYáaéeíióoúuýyĆCćcĹLĺlŃNńnŔRŕrŚSśsŹZźzǗÜǘüǴGǵgǺÅǻåǼÆǽæǾØǿø\u0344\u0308΅¨ΆΑΈΕΉΗΊΙΌΟΎΥΏΩΐϊάαέεήη" +
            "ίιΰϋόούυώωϓϒЃГЌКѓгќкḈÇḉçḖĒḗēḮÏḯïḰKḱkḾMḿmṌÕṍõṒŌṓōṔPṕpṸŨṹũẂWẃwẤÂấâẮĂắăẾÊếêỐÔốôỚƠớơỨƯứưἄἀἅἁἌἈἍἉἔἐἕἑἜἘἝἙἤἠἥἡ" +
            "ἬἨἭἩἴἰἵἱἼἸἽἹὄὀὅὁὌὈὍὉὔὐὕὑὝὙὤὠὥὡὬὨὭὩ῎᾿῞῾",
        ['\u0302'] = "ÂAÊEÎIÔOÛUâaêeîiôoûuĈCĉcĜGĝgĤHĥhĴJĵjŜSŝsŴWŵwŶYŷyẐZẑzẬẠậạỆẸệẹỘỌộọ",
        ['\u0303'] = "ÃAÑNÕOãañnõoĨIĩiŨUũuṼVṽvẪÂẫâẴĂẵăẼEẽeỄÊễêỖÔỗôỠƠỡơỮƯữưỸYỹy",
        ['\u0304'] = "ĀAāaĒEēeĪIīiŌOōoŪUūuǕÜǖüǞÄǟäǠȦǡȧǢÆǣæǬǪǭǫȪÖȫöȬÕȭõȰȮȱȯȲYȳyӢИӣиӮУӯуḠGḡgḸḶḹḷṜṚṝṛᾱαᾹΑῑιῙΙῡυῩΥ",
        ['\u0306'] = "ĂAăaĔEĕeĞGğgĬIĭiŎOŏoŬUŭuЎУЙИйиўуӁЖӂжӐАӑаӖЕӗеḜȨḝȩẶẠặạᾰαᾸΑῐιῘΙῠυῨΥ",
        ['\u0307'] = "ĊCċcĖEėeĠGġgİIŻZżzȦAȧaȮOȯoḂBḃbḊDḋdḞFḟfḢHḣhṀMṁmṄNṅnṖPṗpṘRṙrṠSṡsṤŚṥśṦŠṧšṨṢṩṣṪTṫtẆWẇwẊXẋxẎYẏyẛſ",
        ['\u0308'] =
            "ÄAËEÏIÖOÜUäaëeïiöoüuÿyŸYΪΙΫΥϊιϋυϔϒЁЕЇІёеїіӒАӓаӚӘӛәӜЖӝжӞЗӟзӤИӥиӦОӧоӪӨӫөӬЭӭэӰУӱуӴЧӵчӸЫӹыḦHḧhṎÕṏõṺŪṻūẄWẅwẌX" +
            "ẍxẗt",
        ['\u0309'] = "ẢAảaẨÂẩâẲĂẳăẺEẻeỂÊểêỈIỉiỎOỏoỔÔổôỞƠởơỦUủuỬƯửưỶYỷy",
        ['\u030A'] = "ÅAåaŮUůuẘwẙy",
        ['\u030B'] = "ŐOőoŰUűuӲУӳу",
        ['\u030C'] = "ČCčcĎDďdĚEěeĽLľlŇNňnŘRřrŠSšsŤTťtŽZžzǍAǎaǏIǐiǑOǒoǓUǔuǙÜǚüǦGǧgǨKǩkǮƷǯʒǰjȞHȟh",
        ['\u030F'] = "ȀAȁaȄEȅeȈIȉiȌOȍoȐRȑrȔUȕuѶѴѷѵ",
        ['\u0311'] = "ȂAȃaȆEȇeȊIȋiȎOȏoȒRȓrȖUȗu",
        ['\u0313'] = "ἀαἈΑἐεἘΕἠηἨΗἰιἸΙὀοὈΟὐυὠωὨΩῤρ",
        ['\u0314'] = "ἁαἉΑἑεἙΕἡηἩΗἱιἹΙὁοὉΟὑυὙΥὡωὩΩῥρῬΡ",
        ['\u031B'] = "ƠOơoƯUưu",
        ['\u0323'] = "ḄBḅbḌDḍdḤHḥhḲKḳkḶLḷlṂMṃmṆNṇnṚRṛrṢSṣsṬTṭtṾVṿvẈWẉwẒZẓzẠAạaẸEẹeỊIịiỌOọoỢƠợơỤUụuỰƯựưỴYỵy",
        ['\u0324'] = "ṲUṳu",
        ['\u0325'] = "ḀAḁa",
        ['\u0326'] = "ȘSșsȚTțt",
        ['\u0327'] = "ÇCçcĢGģgĶKķkĻLļlŅNņnŖRŗrŞSşsŢTţtȨEȩeḐDḑdḨHḩh",
        ['\u0328'] = "ĄAąaĘEęeĮIįiŲUųuǪOǫo",
        ['\u032D'] = "ḒDḓdḘEḙeḼLḽlṊNṋnṰTṱtṶUṷu",
        ['\u032E'] = "ḪHḫh",
        ['\u0330'] = "ḚEḛeḬIḭiṴUṵu",
        ['\u0331'] = "ḆBḇbḎDḏdḴKḵkḺLḻlṈNṉnṞRṟrṮTṯtẔZẕzẖh",
        ['\u0342'] = "ἆἀἇἁἎἈἏἉἦἠἧἡἮἨἯἩἶἰἷἱἾἸἿἹὖὐὗὑὟὙὦὠὧὡὮὨὯὩᾶα῁¨ῆη῏᾿ῖιῗϊ῟῾ῦυῧϋῶω",
        ['\u0345'] =
            "ᾀἀᾁἁᾂἂᾃἃᾄἄᾅἅᾆἆᾇἇᾈἈᾉἉᾊἊᾋἋᾌἌᾍἍᾎἎᾏἏᾐἠᾑἡᾒἢᾓἣᾔἤᾕἥᾖἦᾗἧᾘἨᾙἩᾚἪᾛἫᾜἬᾝἭᾞἮᾟἯᾠὠᾡὡᾢὢᾣὣᾤὤᾥὥᾦὦᾧὧᾨὨᾩὩᾪὪᾫὫᾬὬᾭὭᾮὮᾯὯᾲὰᾳαᾴάᾷᾶ" +
            "ᾼΑῂὴῃηῄήῇῆῌΗῲὼῳωῴώῷῶῼΩ",
        ['\u0653'] = "\u0622\u0627",
        ['\u0654'] = "\u0623\u0627\u0624\u0648\u0626\u064A\u06C0\u06D5\u06C2\u06C1\u06D3\u06D2",
        ['\u0655'] = "\u0625\u0627",
        ['\u093C'] =
            "\u0929\u0928\u0931\u0930\u0934\u0933\u0958\u0915\u0959\u0916\u095A\u0917\u095B\u091C\u095C\u0921" +
            "\u095D\u0922\u095E\u092B\u095F\u092F",
        ['\u09BC'] = "\u09DC\u09A1\u09DD\u09A2\u09DF\u09AF",
        ['\u09BE'] = "\u09CB\u09C7",
        ['\u09D7'] = "\u09CC\u09C7",
        ['\u0A3C'] = "\u0A33\u0A32\u0A36\u0A38\u0A59\u0A16\u0A5A\u0A17\u0A5B\u0A1C\u0A5E\u0A2B",
        ['\u0B3C'] = "\u0B5C\u0B21\u0B5D\u0B22",
        ['\u0B3E'] = "\u0B4B\u0B47",
        ['\u0B56'] = "\u0B48\u0B47",
        ['\u0B57'] = "\u0B4C\u0B47",
        ['\u0BBE'] = "\u0BCA\u0BC6\u0BCB\u0BC7",
        ['\u0BD7'] = "\u0B94\u0B92\u0BCC\u0BC6",
        ['\u0C56'] = "\u0C48\u0C46",
        ['\u0CC2'] = "\u0CCA\u0CC6",
        ['\u0CD5'] = "\u0CC0\u0CBF\u0CC7\u0CC6\u0CCB\u0CCA",
        ['\u0CD6'] = "\u0CC8\u0CC6",
        ['\u0D3E'] = "\u0D4A\u0D46\u0D4B\u0D47",
        ['\u0D57'] = "\u0D4C\u0D46",
        ['\u0DCA'] = "\u0DDA\u0DD9\u0DDD\u0DDC",
        ['\u0DCF'] = "\u0DDC\u0DD9",
        ['\u0DDF'] = "\u0DDE\u0DD9",
        ['\u3099'] =
            "\u304C\u304B\u304E\u304D\u3050\u304F\u3052\u3051\u3054\u3053\u3056\u3055\u3058\u3057\u305A\u3059" +
            "\u305C\u305B\u305E\u305D\u3060\u305F\u3062\u3061\u3065\u3064\u3067\u3066\u3069\u3068\u3070\u306F" +
            "\u3073\u3072\u3076\u3075\u3079\u3078\u307C\u307B\u3094\u3046\u309E\u309D\u30AC\u30AB\u30AE\u30AD" +
            "\u30B0\u30AF\u30B2\u30B1\u30B4\u30B3\u30B6\u30B5\u30B8\u30B7\u30BA\u30B9\u30BC\u30BB\u30BE\u30BD" +
            "\u30C0\u30BF\u30C2\u30C1\u30C5\u30C4\u30C7\u30C6\u30C9\u30C8\u30D0\u30CF\u30D3\u30D2\u30D6\u30D5" +
            "\u30D9\u30D8\u30DC\u30DB\u30F4\u30A6\u30F7\u30EF\u30F8\u30F0\u30F9\u30F1\u30FA\u30F2\u30FE\u30FD",
        ['\u309A'] =
            "\u3071\u306F\u3074\u3072\u3077\u3075\u307A\u3078\u307D\u307B\u30D1\u30CF\u30D4\u30D2\u30D7\u30D5" +
            "\u30DA\u30D8\u30DD\u30DB",
    };

    private static readonly FrozenDictionary<char, (char Base, char Mark)> Composed = Marks
        .SelectMany(static mark => mark.Value.Chunk(2), static (mark, pair) => (Letter: pair[0], Base: pair[1], Mark: mark.Key))
        .ToFrozenDictionary(static entry => entry.Letter, static entry => (entry.Base, entry.Mark));

    /// <summary>Splits each composed letter into its base and its marks.</summary>
    public static string Of(string text)
    {
        if (!text.Any(Composed.ContainsKey))
            return text;
        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            Append(result, c);
        return result.ToString();
    }

    private static void Append(StringBuilder result, char c)
    {
        if (Composed.TryGetValue(c, out var parts))
        {
            Append(result, parts.Base);
            c = parts.Mark;
        }
        result.Append(c);
    }
}
