using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Functions;

/// <summary>Functions that assistants usually have, and many ways to ask for them, with the call that is meant.</summary>
internal static class Paraphrases
{
    public static AITool[] Functions { get; } =
    [
        Ask.Function("roll_dice", """{"count":{"type":"integer"},"sides":{"type":"integer"}}"""),
        Ask.Function("set_page_colour", """{"colour":{"type":"string"}}""", "colour"),
        Ask.Function("set_light", """{"room":{"type":"string"},"on":{"type":"boolean"},"brightness":{"type":"integer"}}"""),
        Ask.Function("set_thermostat", """{"temperature":{"type":"number"}}""", "temperature"),
        Ask.Function("start_timer", """{"minutes":{"type":"integer"}}""", "minutes"),
        Ask.Function("create_reminder", """{"text":{"type":"string"},"time":{"type":"string"},"date":{"type":"string"}}""", "text"),
        Ask.Function("set_alarm", """{"time":{"type":"string"}}""", "time"),
        Ask.Function("play_music", """{"query":{"type":"string"}}""", "query"),
        Ask.Function("set_volume", """{"level":{"type":"integer"}}""", "level"),
        Ask.Function("order_pizza", """{"quantity":{"type":"integer"},"size":{"type":"string","enum":["small","medium","large"]},"topping":{"type":"string"}}"""),
        Ask.Function("book_table", """{"people":{"type":"integer"},"time":{"type":"string"},"restaurant":{"type":"string"}}""", "people"),
        Ask.Function("search_web", """{"query":{"type":"string"}}""", "query"),
        Ask.Function("get_weather", """{"city":{"type":"string"}}""", "city"),
        Ask.Function("send_message", """{"recipient":{"type":"string"},"text":{"type":"string"}}""", "recipient", "text"),
        Ask.Function("add_to_shopping_list", """{"item":{"type":"string"}}""", "item"),
        Ask.Function("get_time"),
    ];

    /// <summary>What is said, and the call. A bar separates them.</summary>
    public static IEnumerable<(string Said, string Call)> All =>
        Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" | ")).Select(parts => (parts[0], parts[1]));

    private const string Text = """
        roll two dice | roll_dice {"count":2}
        Roll 2 dice. | roll_dice {"count":2}
        roll a die | roll_dice {}
        roll the dice | roll_dice {}
        please roll three dice | roll_dice {"count":3}
        could you roll five dice for me | roll_dice {"count":5}
        throw two dice | roll_dice {"count":2}
        roll a pair of dice | roll_dice {"count":2}
        can you roll 4 dice please | roll_dice {"count":4}
        roll two dice with twenty sides | roll_dice {"sides":20,"count":2}
        roll one die | roll_dice {"count":1}
        i want to roll six dice | roll_dice {"count":6}
        toss three dice | roll_dice {"count":3}
        Make the page green. | set_page_colour {"colour":"green"}
        change the page colour to green | set_page_colour {"colour":"green"}
        Change the page color to red | set_page_colour {"colour":"red"}
        turn the page blue | set_page_colour {"colour":"blue"}
        paint the page yellow | set_page_colour {"colour":"yellow"}
        set the colour of the page to purple | set_page_colour {"colour":"purple"}
        set the page colour to light blue | set_page_colour {"colour":"light blue"}
        could you make the page orange please | set_page_colour {"colour":"orange"}
        I would like the page to be pink | set_page_colour {"colour":"pink"}
        switch the page to black | set_page_colour {"colour":"black"}
        make this page white | set_page_colour {"colour":"white"}
        please turn the page dark green | set_page_colour {"colour":"dark green"}
        can you change the page to tomato | set_page_colour {"colour":"tomato"}
        color the page red | set_page_colour {"colour":"red"}
        turn on the light | set_light {"on":true}
        turn the lights on | set_light {"on":true}
        turn off the lights | set_light {"on":false}
        switch off the light in the kitchen | set_light {"on":false,"room":"kitchen"}
        turn the kitchen lights off | set_light {"on":false,"room":"kitchen"}
        lights on | set_light {"on":true}
        lights off please | set_light {"on":false}
        turn on the bedroom light | set_light {"on":true,"room":"bedroom"}
        set the light in the living room to 40 percent | set_light {"brightness":40,"room":"living room"}
        dim the lights to thirty percent | set_light {"brightness":30}
        dim the lights in the office to 20 percent | set_light {"brightness":20,"room":"office"}
        switch on the garage lights | set_light {"on":true,"room":"garage"}
        please turn the lamp on | set_light {"on":true}
        set the brightness of the light to fifty | set_light {"brightness":50}
        could you switch the hall light on | set_light {"on":true,"room":"hall"}
        put the lights on in the dining room | set_light {"on":true,"room":"dining room"}
        set the thermostat to 21 degrees | set_thermostat {"temperature":21}
        set the temperature to twenty degrees | set_thermostat {"temperature":20}
        turn the heating up to 22 degrees | set_thermostat {"temperature":22}
        set thermostat to nineteen | set_thermostat {"temperature":19}
        change the temperature to 18.5 degrees | set_thermostat {"temperature":18.5}
        make the temperature twenty three degrees | set_thermostat {"temperature":23}
        turn down the thermostat to seventeen degrees | set_thermostat {"temperature":17}
        put the heating on 20 degrees | set_thermostat {"temperature":20}
        please set the thermostat to twenty one degrees celsius | set_thermostat {"temperature":21}
        thermostat to twenty two | set_thermostat {"temperature":22}
        set a timer for ten minutes | start_timer {"minutes":10}
        start a timer for five minutes | start_timer {"minutes":5}
        start a 15 minute timer | start_timer {"minutes":15}
        timer ten minutes | start_timer {"minutes":10}
        set a timer for two hours | start_timer {"minutes":120}
        set a timer for half an hour | start_timer {"minutes":30}
        set a timer for an hour and a half | start_timer {"minutes":90}
        please start the timer for three minutes | start_timer {"minutes":3}
        can you set a timer for twenty five minutes | start_timer {"minutes":25}
        make a timer of one minute | start_timer {"minutes":1}
        i need a timer for eight minutes | start_timer {"minutes":8}
        start a countdown of 4 minutes | start_timer {"minutes":4}
        begin a timer for six minutes | start_timer {"minutes":6}
        create a timer for an hour | start_timer {"minutes":60}
        remind me to call mum | create_reminder {"text":"call mum"}
        remind me to buy milk tomorrow | create_reminder {"date":"2026-11-23","text":"buy milk"}
        Remind me to water the plants at 7 pm | create_reminder {"time":"19:00","text":"water the plants"}
        create a reminder to pay the rent | create_reminder {"text":"pay the rent"}
        set a reminder to feed the cat | create_reminder {"text":"feed the cat"}
        please remind me to take out the trash tonight | create_reminder {"date":"2026-11-22","text":"take out the trash"}
        add a reminder to wash the car on friday | create_reminder {"date":"2026-11-27","text":"wash the car"}
        can you remind me to phone the doctor | create_reminder {"text":"phone the doctor"}
        could you remind me about the meeting tomorrow | create_reminder {"date":"2026-11-23","text":"meeting"}
        make a reminder to charge the phone | create_reminder {"text":"charge the phone"}
        set an alarm for seven thirty a m | set_alarm {"time":"07:30"}
        set an alarm for 6 am | set_alarm {"time":"06:00"}
        wake me up at seven | set_alarm {"time":"07:00"}
        wake me at half past six | set_alarm {"time":"06:30"}
        set the alarm for eight o'clock | set_alarm {"time":"08:00"}
        please set my alarm to 5:45 | set_alarm {"time":"05:45"}
        i need an alarm at nine p m | set_alarm {"time":"21:00"}
        create an alarm for noon | set_alarm {"time":"12:00"}
        could you wake me up at quarter to seven | set_alarm {"time":"06:45"}
        set an alarm for ten in the morning | set_alarm {"time":"10:00"}
        alarm at six am please | set_alarm {"time":"06:00"}
        play some jazz | play_music {"query":"jazz"}
        play the beatles | play_music {"query":"beatles"}
        play music by mozart | play_music {"query":"mozart"}
        please play some classical music | play_music {"query":"classical"}
        i want to hear some rock music | play_music {"query":"rock"}
        can you play yellow submarine | play_music {"query":"yellow submarine"}
        play a song by queen | play_music {"query":"queen"}
        put on some music by abba | play_music {"query":"abba"}
        could you play some piano music | play_music {"query":"piano"}
        play relaxing music | play_music {"query":"relaxing"}
        set the volume to forty five percent | set_volume {"level":45}
        set volume to 30 | set_volume {"level":30}
        turn the volume up to sixty | set_volume {"level":60}
        turn down the volume to ten percent | set_volume {"level":10}
        change the volume to fifty | set_volume {"level":50}
        volume to twenty five | set_volume {"level":25}
        make the volume seventy percent | set_volume {"level":70}
        please put the volume at 5 | set_volume {"level":5}
        raise the volume to eighty percent | set_volume {"level":80}
        lower the volume to fifteen | set_volume {"level":15}
        order two pizzas | order_pizza {"quantity":2}
        order a large pizza | order_pizza {"size":"large"}
        order three small pizzas with mushrooms | order_pizza {"quantity":3,"size":"small","topping":"mushrooms"}
        i would like to order a medium pizza | order_pizza {"size":"medium"}
        can you order a pizza with olives | order_pizza {"topping":"olives"}
        i want to order 4 large pizzas | order_pizza {"quantity":4,"size":"large"}
        please order one small pizza | order_pizza {"quantity":1,"size":"small"}
        buy two large pizzas | order_pizza {"quantity":2,"size":"large"}
        order six pizzas please | order_pizza {"quantity":6}
        order a dozen pizzas | order_pizza {"quantity":12}
        book a table for four people | book_table {"people":4}
        book a table for two | book_table {"people":2}
        reserve a table for six people at 8 pm | book_table {"people":6,"time":"20:00"}
        book a table for 3 at seven thirty pm | book_table {"people":3,"time":"19:30"}
        please reserve a table for five | book_table {"people":5}
        i would like to book a table for eight people | book_table {"people":8}
        can you book a table for two people at noon | book_table {"people":2,"time":"12:00"}
        could you reserve a table for ten guests | book_table {"people":10}
        make a reservation for four people | book_table {"people":4}
        i need a table for three people | book_table {"people":3}
        search the web for cheap flights | search_web {"query":"cheap flights"}
        search for vegan recipes | search_web {"query":"vegan recipes"}
        search the internet for local news | search_web {"query":"local news"}
        please search for train times to leeds | search_web {"query":"train times to leeds"}
        google the height of everest | search_web {"query":"height of everest"}
        can you search the web for used bikes | search_web {"query":"used bikes"}
        find hotels in rome on the web | search_web {"query":"hotels in rome"}
        look up banana bread online | search_web {"query":"banana bread"}
        do a web search for garden chairs | search_web {"query":"garden chairs"}
        what's the weather in paris | get_weather {"city":"Paris"}
        what is the weather like in new york | get_weather {"city":"New York"}
        how is the weather in oslo | get_weather {"city":"Oslo"}
        weather in berlin | get_weather {"city":"Berlin"}
        tell me the weather in madrid | get_weather {"city":"Madrid"}
        will it rain in london | get_weather {"city":"London"}
        get the weather for tokyo | get_weather {"city":"Tokyo"}
        is it sunny in rome | get_weather {"city":"Rome"}
        what's the forecast for lisbon | get_weather {"city":"Lisbon"}
        show me the weather in vienna please | get_weather {"city":"Vienna"}
        do i need an umbrella in dublin | get_weather {"city":"Dublin"}
        send a message to anna saying i am late | send_message {"recipient":"Anna","text":"i am late"}
        send anna a message saying hello | send_message {"text":"hello","recipient":"Anna"}
        Send a message to Tom saying dinner is ready | send_message {"recipient":"Tom","text":"dinner is ready"}
        text a message to maria saying see you soon | send_message {"recipient":"Maria","text":"see you soon"}
        please send a message to peter that the train is late | send_message {"recipient":"Peter","text":"train is late"}
        could you send a text to john saying good luck | send_message {"recipient":"John","text":"good luck"}
        write a message to lisa saying happy birthday | send_message {"recipient":"Lisa","text":"happy birthday"}
        add milk to the shopping list | add_to_shopping_list {"item":"milk"}
        add two bananas to my shopping list | add_to_shopping_list {"item":"two bananas"}
        put bread on the shopping list | add_to_shopping_list {"item":"bread"}
        please add brown rice to the shopping list | add_to_shopping_list {"item":"brown rice"}
        add olive oil to my grocery list | add_to_shopping_list {"item":"olive oil"}
        can you put coffee on my shopping list | add_to_shopping_list {"item":"coffee"}
        write eggs on the shopping list | add_to_shopping_list {"item":"eggs"}
        what time is it | get_time {}
        what's the time | get_time {}
        tell me the time please | get_time {}
        do you know what time it is | get_time {}
        could you give me the time | get_time {}
        """;

    /// <summary>Not requests for any of the functions.</summary>
    public static string[] Others { get; } =
    [
        "i love this weather", "the lights were nice", "she turned the page", "my sister ordered too much food", "he played well last night",
        "the table is made of wood", "time flies", "what is seven times six", "i told him a joke yesterday", "we searched all day",
        "the alarm woke the whole house", "the page was torn out of the book", "music makes me happy", "the volume of this box is small",
        "i am very tired", "hello how are you", "who are you", "count to ten", "tell me a joke", "tell me a story", "thank you", "goodbye",
        "say turn on the lights", "repeat after me roll two dice", "what can you do", "how much is twelve plus thirty", "what day is it today",
        "are you a real person", "never mind", "i had a long day at work and i am a little tired", "who wrote the book war and peace",
        "please send the report to the whole team", "they reminded us of home", "the pizza was cold", "my brother sends his love",
        "dice are made of plastic", "what do you see", "can you hear me", "spell pizza", "how do you spell weather",
    ];
}
