using System.CommandLine;
using Parley.Bench.Client;

var address = new Argument<string>("address");
var what = new Argument<Contender>("contender");
var messages = new Option<int>("--messages") { Description = "Messages of each run", DefaultValueFactory = _ => 20_000 };
var pause = new Option<int>("--pause") { Description = "Milliseconds between messages; 0 = none", DefaultValueFactory = _ => 0 };
var rounds = new Option<int>("--rounds") { Description = "Rounds", DefaultValueFactory = _ => 5 };
var node = new Option<string>("--node-modules")
{
    Description = "Folder that contains @google/genai",
    DefaultValueFactory = _ => "tests/Parley.EndToEnd/js/node_modules",
};

var serve = new Command("serve", "Run the canned server until the input ends");
serve.SetAction((_, token) => CannedServer.RunAsync(token));

var client = new Command("client", "Run one contender and print its cost") { what, address, messages, pause };
client.SetAction((arguments, token) => Contenders.RunAsync(
    arguments.GetValue(what), new Uri(arguments.GetRequiredValue(address)), arguments.GetValue(messages), arguments.GetValue(pause), token));

var compare = new Command("compare", "Run all contenders in turn, each in its own process, and print one table") { messages, rounds, node };
compare.SetAction((arguments, token) => Comparison.RunAsync(
    arguments.GetValue(messages), arguments.GetValue(rounds), arguments.GetRequiredValue(node), token));

return await new RootCommand("Cost of the client per message") { serve, client, compare }.Parse(args).InvokeAsync();
