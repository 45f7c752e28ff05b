using System.CommandLine;
using Parley.Bench.Phone;

var calls = new Option<int[]>("--calls") { Description = "Numbers of calls at once", DefaultValueFactory = _ => [1, 50, 200], AllowMultipleArgumentsPerToken = true };
var seconds = new Option<int>("--seconds") { Description = "Measured time of each", DefaultValueFactory = _ => 15 };

var serve = new Command("serve", "Run the server until the input ends");
serve.SetAction(static (_, token) => PhoneServer.RunAsync(token));

var measure = new Command("measure", "Call a server in a process of its own, and print its cost") { calls, seconds };
measure.SetAction((arguments, token) => Measurement.RunAsync(arguments.GetRequiredValue(calls), TimeSpan.FromSeconds(arguments.GetValue(seconds)), token));

return await new RootCommand("Cost of telephone calls") { serve, measure }.Parse(args).InvokeAsync();
