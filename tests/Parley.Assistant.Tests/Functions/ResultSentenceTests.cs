using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Functions;

/// <summary>Golden sentences for results of many functions and shapes.</summary>
public sealed class ResultSentenceTests
{
    [Theory]
    [InlineData("roll_dice", """{"rolls":[4,2],"total":6}""", "You rolled a 4 and a 2, 6 in total.")]
    [InlineData("roll_dice", """{"rolls":[4],"total":4}""", "You rolled a 4.")]
    [InlineData("roll_dice", """{"rolls":[8,11,3],"total":22}""", "You rolled an 8, an 11 and a 3, 22 in total.")]
    [InlineData("rollDie", """{"value":5}""", "You rolled a 5.")]
    [InlineData("flip_coin", """{"result":"heads"}""", "You flipped heads.")]
    [InlineData("flip_coin", "\"tails\"", "You flipped tails.")]
    [InlineData("pick_card", """{"card":"the queen of hearts"}""", "You picked the queen of hearts.")]
    [InlineData("get_time", """{"time":"16:03","date":"Sunday, 29 November 2026","zone":"UTC"}""", "It is 16:03.")]
    [InlineData("get_current_time", "\"2026-11-29T16:03:12Z\"", "It is 16:03.")]
    [InlineData("getTime", """{"time":"4:03 PM"}""", "It is 4:03 PM.")]
    [InlineData("get_time", """{"city":"Tokyo","time":"01:03"}""", "It is 01:03 in Tokyo.")]
    [InlineData("get_date", """{"date":"2026-11-29"}""", "The date is 29 November 2026.")]
    [InlineData("set_page_colour", """{"colour":"green"}""", "The page colour is now green.")]
    [InlineData("set_volume", """{"percent":45}""", "The volume is now 45 percent.")]
    [InlineData("set_volume", """{"volume":45}""", "The volume is now 45.")]
    [InlineData("draw_chart", """{"bars":3}""", "There are 3 bars.")]
    [InlineData("draw_chart", """{"bars":1}""", "There is 1 bar.")]
    [InlineData("turn_on_the_lights", """{"ok":true}""", "Done.")]
    [InlineData("turn_on_the_lights", """{"status":"success"}""", "Done.")]
    [InlineData("turn_on_the_lights", "\"The lights are on\"", "The lights are on.")]
    [InlineData("set_alarm", """{"result":"alarm is set"}""", "Alarm is set.")]
    [InlineData("book_table", """{"status":"confirmed","people":4,"time":"19:30"}""", "The status is confirmed, the people is 4 and the time is 19:30.")]
    [InlineData("order_pizza", """{"success":true,"message":"Your pizza is on its way."}""", "Your pizza is on its way.")]
    [InlineData("order_pizza", """{"order_id":"A-17","minutes":25}""", "The order ID is A-17 and it is 25 minutes.")]
    [InlineData("get_weather", """{"location":"Paris","temperature":21,"unit":"celsius","condition":"sunny"}""", "In Paris, the temperature is 21 degrees Celsius and the condition is sunny.")]
    [InlineData("get_weather", """{"temperature_c":-3.5,"humidity_percent":80}""", "The temperature is -3.5 degrees Celsius and the humidity is 80 percent.")]
    [InlineData("get_weather", """{"tempMax":9,"tempMin":1}""", "The maximum temperature is 9 and the minimum temperature is 1.")]
    [InlineData("get_price", """{"price":12.5,"currency":"EUR"}""", "The price is 12.5 euros.")]
    [InlineData("get_balance", "1204.987", "The balance is 1204.99.")]
    [InlineData("add_numbers", "7", "The result is 7.")]
    [InlineData("is_door_locked", "true", "Yes.")]
    [InlineData("is_door_locked", "false", "No.")]
    [InlineData("get_door", """{"locked":false}""", "It is not locked.")]
    [InlineData("get_door", """{"is_open":true}""", "It is open.")]
    [InlineData("get_state", """{"lights_on":true}""", "The lights are on.")]
    [InlineData("list_reminders", """{"reminders":[{"id":1,"text":"Call mum","time":"17:00"},{"id":2,"text":"Pay rent"}]}""", "There are 2 reminders: Call mum, 17:00; Pay rent.")]
    [InlineData("list_reminders", """{"reminders":[]}""", "There are no reminders.")]
    [InlineData("list_reminders", """[{"title":"Call mum","done":false}]""", "There is 1 reminder: Call mum, not done.")]
    [InlineData("get_shopping_list", """{"items":["milk","bread"]}""", "The items are milk and bread.")]
    [InlineData("get_shopping_list", """{"items":["milk"]}""", "The item is milk.")]
    [InlineData("search_web", """[{"title":"A","url":"https://a.example/x"},{"title":"B","url":"https://b.example"}]""", "There are 2 results: A; B.")]
    [InlineData("search_web", """{"url":"https://a.example/x"}""", "The link is a.example.")]
    [InlineData("get_flights", """{"flights":[{"name":"A1"},{"name":"A2"},{"name":"A3"},{"name":"A4"},{"name":"A5"},{"name":"A6"},{"name":"A7"}]}""", "There are 7 flights: A1; A2; A3; A4; A5; and 2 more.")]
    [InlineData("get_route", """{"distance":{"km":12},"duration":"PT1H30M"}""", "The distance is 12 kilometers and the duration is 1 hour and 30 minutes.")]
    [InlineData("get_event", """{"start":"2026-12-24T18:00:00Z"}""", "The start is 24 December 2026 at 18:00.")]
    [InlineData("get_deep", """{"a":{"b":{"c":1}}}""", "The a b c is 1.")]
    [InlineData("get_nothing", """{"value":null}""", "Done.")]
    [InlineData("get_weather", """{"error":{"code":404}}""", "That did not work: code 404.")]
    public async Task A_result_is_a_sentence(string function, string json, string expected) =>
        Assert.Equal(expected, await Say(function, json, "go on"));

    [Theory]
    [InlineData("what day is it", "It is Sunday, 29 November 2026.")]
    [InlineData("which time zone is it", "The time zone is UTC.")]
    [InlineData("what time is it", "It is 16:03.")]
    public async Task Of_several_values_the_one_asked_for_is_said(string request, string expected) =>
        Assert.Equal(expected, await Say("get_time", """{"time":"16:03","date":"Sunday, 29 November 2026","zone":"UTC"}""", request));

    [Theory]
    [InlineData("Antworte auf Deutsch.", """{"temperature":21.5,"sky":"clear"}""", "Das Ergebnis: temperature 21,5, sky clear.")]
    [InlineData("Antworte auf Deutsch.", """{"time":"16:03"}""", "Es ist 16:03 Uhr.")]
    [InlineData("Antworte auf Deutsch.", """{"ok":true}""", "Erledigt.")]
    [InlineData("Antworte auf Deutsch.", """{"error":"kein Netz"}""", "Das hat nicht geklappt: kein Netz.")]
    [InlineData("Réponds en français.", """{"ok":true}""", "C'est fait.")]
    [InlineData("Responde en español", """{"message":"La luz está encendida"}""", "La luz está encendida.")]
    [InlineData("Odpowiadaj po polsku", "null", "Zrobione.")]
    public async Task Other_languages_have_short_sentences(string instruction, string json, string expected)
    {
        var response = await Ask.Response(
            [Ask.User("go on"), Ask.Called("1", "get_thing"), Ask.ResultJson("1", json)], new ChatOptions { Instructions = instruction });

        Assert.Equal(expected, response.Text);
    }

    [Fact]
    public async Task A_huge_or_deep_result_stays_short()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60);
        var wide = "[" + string.Join(',', Enumerable.Repeat("{\"name\":\"" + new string('x', 500) + "\"}", 300)) + "]";

        Assert.InRange((await Say("get_thing", deep, "go on")).Length, 1, 610);
        Assert.InRange((await Say("get_thing", wide, "go on")).Length, 1, 610);
    }

    private static Task<string> Say(string function, string json, string request) =>
        Ask.Outcome([Ask.User(request), Ask.Called("1", function), Ask.ResultJson("1", json)]);
}
