// A back end that keeps the key and gives ephemeral tokens to browsers, which connect to the Live API themselves.
//   dotnet run --project samples/Tokens --urls http://127.0.0.1:5000
using Parley.Client;
using Parley.Protocol;

var builder = WebApplication.CreateBuilder(args);
// The key comes from GEMINI_API_KEY; without it, use the development key of a local server.
builder.Services.AddLiveClient(options =>
{
    options.BaseAddress = new Uri(builder.Configuration["PARLEY_URL"] ?? "http://127.0.0.1:8080");
    if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(HostedLiveClientOptions.KeyVariable)))
        options.ApiKey = "parley-dev";
});
var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

// A token for one session, to be opened within a minute, with this model and instruction whatever the page requests. Add your own sign-in.
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
