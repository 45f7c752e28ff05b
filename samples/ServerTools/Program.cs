// The client carries the audio; functions and policy stay on this server. With Upstream:Url and Upstream:Key it relays, else it answers itself.
//   dotnet run --project samples/ServerTools --urls http://127.0.0.1:5000
//   parley talk --url http://127.0.0.1:5000 --key parley-dev
using Microsoft.Extensions.AI;
using Parley.Assistant;
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
var live = builder.Services.AddLiveApi().UseLocalModel();
if (builder.Configuration["Upstream:Url"] is { } url)
    live.UseRelay(relay => relay.Upstreams.Add(new UpstreamOptions { Name = "upstream", Url = new Uri(url), Key = builder.Configuration["Upstream:Key"] }));
var app = builder.Build();

var orders = new Dictionary<string, string> { ["A7"] = "on its way", ["B8"] = "delivered" };
var lookUpOrder = AIFunctionFactory.Create((string id) => orders.GetValueOrDefault(id, "unknown"), "look_up_order", "Returns the state of an order.");
app.MapLiveApi().OnCall(call =>
{
    call.AddTool(lookUpOrder);
    call.Instruction("You help customers of a shop with their orders.");
    call.OnTranscript(text => Console.WriteLine($"{(text.IsUser ? "user" : "model")}: {text.Piece}"));
});
app.Run();
