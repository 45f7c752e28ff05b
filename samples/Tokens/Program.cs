// A back end that keeps the key and gives browsers ephemeral tokens; the page talks to the Live API itself.
//   dotnet run --project samples/Tokens --urls http://127.0.0.1:5000
using Parley.Client;
using Parley.Protocol;

var builder = WebApplication.CreateBuilder(args);
// GEMINI_API_KEY holds the key; without one, the development key of a local server.
builder.Services.AddLiveClient(options =>
{
    options.BaseAddress = new Uri(builder.Configuration["PARLEY_URL"] ?? "http://127.0.0.1:8080");
    if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(HostedLiveClientOptions.KeyVariable)))
        options.ApiKey = "parley-dev";
});
var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

// One session, to be opened within a minute, with this model and this instruction whatever the page asks for. Put your own sign-in in front.
app.MapPost("/token", async (LiveClient client, CancellationToken cancellationToken) =>
{
    var token = await client.CreateTokenAsync(
        new AuthTokenRequest
        {
            Uses = 1,
            BidiGenerateContentSetup = new LiveSetup
            {
                Model = "gemini-3.8-live",
                ResponseModalities = [Modality.Audio],
                SystemInstruction = "You are a friendly voice on a web page.",
                OutputTranscription = true,
            }.ToWire(),
        },
        cancellationToken);
    return new { token = token.Name, server = client.BaseAddress };
});
app.Run();
