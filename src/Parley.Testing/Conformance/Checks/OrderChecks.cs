using Parley.Testing.Conformance.Running;

namespace Parley.Testing.Conformance.Checks;

/// <summary>What may come when, around the setup.</summary>
internal static class OrderChecks
{
    private const string Order = "setup must be the first message and only the first";

    internal static void AddTo(CheckList list)
    {
        list.Area("order", "6.1");
        list.RefusesFirst("audio-first", "Audio before the setup closes with 1007.", """{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"AAAA"}}}""", Order);
        list.RefusesFirst("text-first", "Text before the setup closes with 1007.", """{"realtimeInput":{"text":"hello"}}""", Order);
        list.RefusesFirst("content-first", "Content before the setup closes with 1007.", """{"clientContent":{"turnComplete":true}}""", Order);
        list.RefusesFirst("tool-response-first", "A tool response before the setup closes with 1007.", """{"toolResponse":{"functionResponses":[{"id":"a","name":"f","response":{}}]}}""", Order);
        list.RefusesFirst("activity-first", "An activity mark before the setup closes with 1007.", """{"realtimeInput":{"activityStart":{}}}""", Order);
        list.RefusesFirst("empty-first", "An empty object before the setup closes with 1007.", "{}", Order);
        list.Must("second-setup", "A second setup closes with 1007.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(probe.Run.Setup(""));
            await line.ExpectCloseAsync(1007, Order, "Request contains an invalid argument.");
        });
        list.Must("second-setup-after-turn", "A setup after a turn closes with 1007.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.TurnAsync();
            await line.SendAsync(probe.Run.Setup(""));
            await line.ExpectCloseAsync(1007, Order, "Request contains an invalid argument.");
        }, ConformanceNeeds.Answers);
        list.Must("complete-first", "`setupComplete` is the first message of the server.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SetUpAsync("\"sessionResumption\":{}");
            probe.Require(line.Taken[0].Has("setupComplete"), $"The first message is {line.Taken[0]}.");
        });
        list.Must("complete-alone", "`setupComplete` comes without another kind of message.", async probe =>
        {
            var complete = await (await probe.ConnectAsync()).SetUpAsync();
            foreach (var other in (string[])["serverContent", "toolCall", "toolCallCancellation", "goAway", "sessionResumptionUpdate"])
                probe.Require(!complete.Has(other), $"setupComplete comes together with {other}.");
        });
        list.Must("silent-before-setup", "The server says nothing before the setup.", async probe =>
            await (await probe.ConnectAsync()).ExpectSilenceAsync("Expected nothing before the setup"));
        list.Must("input-with-setup", "Input right after the setup is answered after `setupComplete`, or closes with 1007.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(probe.Run.Setup(""));
            await line.SendAsync(Prompts.Content(Prompts.Short));
            var first = await line.NextAsync("setupComplete or a close");
            if (first.IsEnd)
            {
                probe.Require(first.CloseCode == 1007, $"Expected close 1007; got {first}.");
                return;
            }
            probe.Require(first.Has("setupComplete"), $"Expected setupComplete; got {first}.");
            await line.TurnAsync();
        }, ConformanceNeeds.Answers);
        list.Must("refused-setup-has-no-message", "A refused setup is answered by a close alone.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(probe.Run.Setup("\"hello\":1"));
            await line.EndAsync();
            probe.Require(line.Taken.Count == 1, $"Before the close came {line.Taken[0]}.");
        });
        list.Should("empty-object", "An empty object in a session is ignored.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("{}");
            await probe.ExpectAliveAsync(line, "an empty object");
        });
        list.Must("two-sessions", "Two sessions at the same time do not disturb each other.", async probe =>
        {
            var first = await probe.OpenAsync();
            var second = await probe.OpenAsync();
            await second.SendAsync("""{"hello":{}}""");
            await second.EndAsync();
            await probe.ExpectAliveAsync(first, "a failure of another session");
        });
    }
}
