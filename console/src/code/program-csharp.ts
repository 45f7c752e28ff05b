import { csharp } from './literals';
import { messageCode } from './message';
import type { Recipe, Step } from './steps';
import { comments, hasAudio, wordsAt } from './words';

/** A program with Parley.Client, in one file. */
export function csharpProgram(recipe: Recipe, server: string): string {
  const results = Object.entries(recipe.results).flatMap(([name, all]) => all.map((response) => [name, response] as const));
  const code = `${comments(recipe, '//', 'dotnet run session.cs, with the .NET 10 SDK.')}
#:package Parley.Client@*
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Client;
using Parley.Protocol;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") ?? "parley-dev";
var server = Environment.GetEnvironmentVariable("GOOGLE_GEMINI_BASE_URL") ?? ${csharp(server)};
var client = LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) });
${messageCode({ setup: recipe.setup }, 'csharp')}

// What the functions returned in the session, in the order of their calls.
var results = new Queue<(string Name, string Json)>([${results.map(([name, response]) => `\n    (${csharp(name)}, ${csharp(JSON.stringify(response))}),`).join('')}${results.length > 0 ? '\n' : ''}]);
var answers = new SemaphoreSlim(0); // ended turns
var speaking = new SemaphoreSlim(0); // turns in which the model has begun to answer
var reading = ReadAsync();
${recipe.steps.map((step, index) => wordsAt(recipe, index, '//') + line(step)).join('\n')}
await session.CloseAsync();
await reading;

async Task ReadAsync()
{
    var speaks = false;
    await foreach (var update in session.ReadAllAsync())
    {
        if (update is OutputTranscriptUpdate or TextUpdate or AudioUpdate && !speaks)
        {
            speaks = true;
            speaking.Release();
        }
        switch (update)
        {
            case OutputTranscriptUpdate words:
                Console.Write(words.Text);
                break;
            case TextUpdate text:
                Console.Write(text.Text);
                break;
            case ToolCallUpdate called:
                await session.SendToolResponsesAsync([.. called.Calls.Select(Result)]);
                break;
            case InterruptedUpdate:
                speaks = false;
                Console.WriteLine(" (interrupted)");
                break;
            case TurnCompleteUpdate { IsIdle: true } when speaks:
                speaks = false;
                Console.WriteLine();
                answers.Release();
                break;
            case SessionEndedUpdate ended:
                ended.End.ThrowIfAbnormal();
                break;
        }
    }
}

FunctionResponse Result(FunctionCall call)
{
    var json = results.TryDequeue(out var next) && next.Name == call.Name ? next.Json : "{}";
    return new FunctionResponse { Id = call.Id, Name = call.Name, Response = JsonElement.Parse(json) };
}

// Waits for the end of the answer.
Task AnswerAsync() => WaitAsync(answers);

// Waits until the model answers, and some milliseconds more.
async Task AnsweringAsync(int milliseconds)
{
    await WaitAsync(speaking);
    await Task.Delay(milliseconds);
}

async Task WaitAsync(SemaphoreSlim signal)
{
    if (!await signal.WaitAsync(TimeSpan.FromSeconds(30)))
        throw new TimeoutException("The model did not answer within 30 seconds.");
}
${hasAudio(recipe) ? audioHelper : ''}`;
  return code.replaceAll(/\n{3,}/g, '\n\n');
}

const audioHelper = `
// Speaks a part of the recording, in milliseconds, at the speed of speech.
async Task SpeakAsync(int from, int to)
{
    var recording = await File.ReadAllBytesAsync("user.wav");
    var start = Math.Min(recording.Length, 44 + (from * 32));
    await session.SendAudioAsync(new MemoryStream(recording, start, Math.Min(recording.Length - start, (to - from) * 32)));
}
`;

function line(step: Step): string {
  switch (step.do) {
    case 'send':
      return messageCode(step.message, 'csharp');
    case 'audio':
      return `await SpeakAsync(${step.from}, ${step.to});`;
    case 'answer':
      return 'await AnswerAsync();';
    case 'answering':
      return `await AnsweringAsync(${step.ms});`;
  }
}
