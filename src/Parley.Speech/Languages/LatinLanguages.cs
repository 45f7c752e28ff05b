using System.Buffers;

namespace Parley.Speech.Languages;

/// <summary>Features that distinguish languages of the Latin script: frequent words, and letters that other languages lack.</summary>
internal static class LatinLanguages
{
    public static readonly IReadOnlyDictionary<string, (HashSet<string> Common, SearchValues<char> Letters)> All =
        new Dictionary<string, (HashSet<string>, SearchValues<char>)>
        {
            ["en"] = Of("the and is are was you your of to in that it i what how have this with for not do can my we they he she hello yes please thank thanks good would there will don't it's i'm", ""),
            ["de"] = Of("der die das und ist sind nicht ich du er sie es wir ihr ein eine einen mit für auf zu den dem wie was wo haben hat kann auch bitte danke ja nein guten hallo heute morgen von im am wird", "ß"),
            ["es"] = Of("el la los las y es son que de en un una por para con no sí yo tú usted cómo qué está estoy hola gracias buenos días muy pero mi su al del se lo hoy", "ñ¿¡"),
            ["fr"] = Of("le la les et est sont que de des du un une je tu il elle nous vous ne pas pour avec dans sur ce cette qui bonjour merci oui non très mais au aux c'est j'ai comment quel", "œ"),
            ["it"] = Of("il lo la gli le e è sono che di un una io tu lei noi non per con come cosa ciao grazie sì buongiorno molto ma mi si al del della nel oggi questo questa", ""),
            ["pt"] = Of("o a os as e é são que de um uma eu você ele ela nós não para com em no na do da por como olá obrigado obrigada sim bom dia muito mas meu está hoje", "ãõ"),
            ["nl"] = Of("de het een en is zijn niet ik jij je hij zij wij van met voor op te dat die wat hoe waar hebben heeft kan ook ja nee hallo dank goede vandaag er aan", ""),
            ["pl"] = Of("i w na z do nie to jest są że się jak co ja ty on ona my dla o po czy tak dzień dobry dziękuję proszę bardzo ale mam dzisiaj", "ąęłńśźż"),
            ["sv"] = Of("och att det är en ett jag du han hon vi inte som på med för av till den har kan hej tack ja nej god idag vad hur", ""),
            ["da"] = Of("og at det er en et jeg du han hun vi ikke som på med for af til den har kan hej tak ja nej god i dag hvad hvordan", ""),
            ["nb"] = Of("og at det er en et jeg du han hun vi ikke som på med for av til den har kan hei takk ja nei god i dag hva hvordan", ""),
            ["fi"] = Of("ja on ei se hän minä sinä me te he että kuin mutta tämä mitä missä miten hyvää päivää kiitos kyllä hei olen olet", ""),
            ["cs"] = Of("a je se na v to že ne s z do jak co já ty on ona my pro dobrý den děkuji prosím ano ale jsem dnes", "řěů"),
            ["sk"] = Of("a je sa na v to že nie s z do ako čo ja ty on ona my pre dobrý deň ďakujem prosím áno ale som dnes", "ľĺŕ"),
            ["hu"] = Of("a az és hogy nem is egy van ez én te ő mi ti jó napot köszönöm igen de mit hogyan vagyok ma", "őű"),
            ["ro"] = Of("și este sunt nu un o de la în cu pe că ce eu tu el ea noi pentru cum bună ziua mulțumesc da dar azi", "țș"),
            ["tr"] = Of("ve bir bu ne nasıl için değil ben sen o biz var yok evet hayır merhaba teşekkür günaydın çok ama bugün mi mı", "ğış"),
            ["vi"] = Of("và là của có không tôi bạn anh chị em này gì như thế nào xin chào cảm ơn vâng rất nhưng hôm nay", "đơưạảấầẩậắặẻẽếềểễệỉịọỏốồổộớờởợụủứừửữựỳỷỹ"),
            ["id"] = Of("dan yang di ini itu tidak saya anda kamu dia kami untuk dengan apa bagaimana ada dari ke halo terima kasih ya selamat pagi tetapi hari", ""),
        };

    private static (HashSet<string>, SearchValues<char>) Of(string common, string letters) =>
        ([.. common.Split(' ')], SearchValues.Create(letters));
}
