using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Parley.Cascade;
using Parley.Protocol;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>The snippets of docs/sign-in.md, with a chat client at the end.</summary>
public sealed class SignInPageTests
{
    [Fact]
    public async Task User_of_a_jwt_reaches_the_chat_client_until_it_is_revoked()
    {
        var (chat, customers) = (new ChatLog(), new Customers());
        await using var host = await StartAsync(chat, customers);
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt(), LiveTestHost.Setup);

        await client.SayAsync("hello");

        var asked = await chat.Asked.FirstAsync(static _ => true, "the chat client is asked");
        Assert.Equal(("gold", "You help in a bicycle shop."), (asked.Plan, asked.Instructions));
        Assert.Equal("user:" + asked.Caller!.UserId, asked.Caller.Owner);
        Assert.Equal("alice", asked.Caller.Principal!.FindFirstValue(ClaimTypes.NameIdentifier));
        Assert.Equal((true, true), (asked.Conversation is { Length: > 0 }, asked.ConversationId is null));

        customers.AreActive = false;
        await RecheckAsync(host.Services, asked.Caller.UserId!);

        Assert.Equal((1008, LiveClose.PermissionDenied.Reason), await CloseAsync(client));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync(LiveTestHost.Path));
    }

    [Fact]
    public async Task Token_that_a_page_of_the_application_hands_out_opens_a_session_of_the_user()
    {
        var chat = new ChatLog();
        await using var host = await StartAsync(chat, new Customers());
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + SignIn.Jwt());
        using var response = await http.PostAsync(new Uri("/call", UriKind.Relative), null);
        var token = await response.Content.ReadAsStringAsync();

        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt(), path: $"{LiveTestHost.Constrained}?access_token={token}");
        await client.SayAsync("hello");

        var asked = await chat.Asked.FirstAsync(static _ => true, "the chat client is asked");
        Assert.Equal((true, "4711"), (asked.Caller!.HasToken, asked.Caller.Metadata["order"]));
    }

    private static Task<InMemoryHost> StartAsync(ChatLog chat, Customers customers) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(jwt =>
            {
                jwt.Authority = "https://id.example.com";
                jwt.Audience = "live";
                jwt.Events = new JwtBearerEvents
                {
                    OnMessageReceived = context =>
                    {
                        context.Token = context.Request.GetLiveAccessToken();
                        return Task.CompletedTask;
                    },
                };
            });
            builder.Services.AddAuthorization();
            builder.Services.AddLiveApi().UseUsers<CustomerPolicy>();

            builder.Services.AddSingleton(customers);
            builder.Services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, static jwt =>
            {
                // In place of the documents of the authority.
                jwt.Configuration = new OpenIdConnectConfiguration { Issuer = SignIn.Issuer };
                jwt.TokenValidationParameters.IssuerSigningKey = SignIn.SigningKey;
            });
            builder.Configuration["Speech:Recognizer:Provider"] = "none";
            builder.Configuration["Speech:Detector:Provider"] = "energy";
            builder.Configuration["Speech:Synthesizer:Provider"] = "tone";
            builder.Services.AddSingleton<IChatClient>(chat).AddLiveApi().UseCascade();
        },
        static app =>
        {
            app.MapLiveApi().RequireAuthorization();
            app.MapPost("/call", async (ClaimsPrincipal principal, ILiveTokens tokens) =>
            {
                var token = await tokens.CreateAsync(new LiveTokenRequest
                {
                    User = LiveUser.From(principal),
                    Metadata = new Dictionary<string, string> { ["order"] = "4711" },
                });
                return token.Name;
            }).RequireAuthorization();
        });

    private static async Task RecheckAsync(IServiceProvider services, string userId)
    {
        await services.GetRequiredService<LiveUsers>().RecheckAsync(userId);
    }

    private static async Task<(int, string)> CloseAsync(LiveSocket client)
    {
        var close = await client.ExpectCloseAsync(skipMessages: true);
        return (close.Code, close.Reason);
    }

    private sealed record Asking(LiveCaller? Caller, string? Plan, string? Conversation, string? ConversationId, string? Instructions);

    private sealed class ChatLog : IChatClient
    {
        public EventLog<Asking> Asked { get; } = new();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var plan = options.GetLiveCaller()?.Metadata.GetValueOrDefault("plan");
            var conversation = options.GetLiveSessionId();
            // The warm-up has no caller.
            if (options.GetLiveCaller() is { } caller)
                Asked.Add(new Asking(caller, plan, conversation, options?.ConversationId, options?.Instructions));
            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Good day.");
        }

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed record Customer(bool IsActive, int MinutesPerDay, string Plan);

    private sealed class Customers
    {
        public bool AreActive { get; set; } = true;

        public Task<Customer> FindAsync(string id, CancellationToken cancellationToken)
        {
            Assert.NotEmpty(id);
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(new Customer(AreActive, 10, "gold"));
        }
    }

    private sealed class CustomerPolicy(Customers customers) : ILiveUserPolicy
    {
        public async ValueTask<LiveUser?> FindAsync(LiveUserRequest request, CancellationToken cancellationToken) =>
            LiveUser.From(request.Principal) is { } user ? await RecheckAsync(user, cancellationToken) : null;

        public async ValueTask<LiveUser?> RecheckAsync(LiveUser user, CancellationToken cancellationToken) =>
            await customers.FindAsync(user.Id, cancellationToken) is { IsActive: true } customer
                ? user with
                {
                    Limits = new KeyLimits { MaxSessions = 2, MinutesPerDay = customer.MinutesPerDay },
                    Setup = new Setup { SystemInstruction = new Content { Parts = [new Part { Text = "You help in a bicycle shop." }] } },
                    FieldMask = ["systemInstruction"],
                    Metadata = new Dictionary<string, string> { ["plan"] = customer.Plan },
                }
                : null;
    }
}
