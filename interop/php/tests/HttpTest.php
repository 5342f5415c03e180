<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Http\Message\ServerRequestInterface;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\MiddlewareMissing;
use RedisWebToken\Http\AuthMiddleware;
use RedisWebToken\Http\IncomingRequest;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\Http\SignedIn;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** What test/interop/php-http.test.ts doesn't see, which compares answers with those of TypeScript. */
final class HttpTest extends RedisTestCase
{
    /** @param array<string, mixed> $options */
    private function auth(array $options = ['from' => ['bearer', 'cookie']]): RequestAuth
    {
        return new RequestAuth($this->service('phpredis'), self::SECRET, $options);
    }

    private function psr7(string $method = 'GET'): ServerRequestInterface
    {
        return (new Psr17Factory())->createServerRequest($method, 'https://app.example/private');
    }

    public function testARequestOfATestClientWithCookiesAloneIsAuthenticated(): void
    {
        $token = $this->service('phpredis')->sign('Ada', self::SECRET);
        foreach ([$this->psr7()->withCookieParams(['a' => ['b'], '__Host-rwt' => $token]), Request::create('/', 'GET', [], ['__Host-rwt' => $token])] as $request) {
            $session = $this->auth()->authenticate($request);
            self::assertIsArray($session);
            self::assertSame('Ada', $session['data']);
        }
    }

    public function testParsedCookiesDoNotCountBesideTheHeader(): void
    {
        $token = $this->service('phpredis')->sign('Ada', self::SECRET);
        $request = Request::create('/', 'GET', [], ['__Host-rwt' => $token], [], ['HTTP_COOKIE' => ".._Host-rwt=$token"]);
        foreach ([$request, $this->psr7()->withHeader('Cookie', 'a=b')->withCookieParams(['__Host-rwt' => $token])] as $each) {
            self::assertSame(401, self::refusalOf($this->auth()->authenticate($each))->status);
        }
    }

    public function testSeveralCookieHeadersAreAllRead(): void
    {
        $token = $this->service('phpredis')->sign('Ada', self::SECRET);
        self::assertIsArray($this->auth()->authenticate($this->psr7()->withHeader('Cookie', ['a=b', "__Host-rwt=$token"])));
        self::assertIsArray($this->auth()->authenticate(new IncomingRequest('GET', '/', ['COOKIE' => ['a=b', "__Host-rwt=$token"]])));
    }

    public function testALifetimeMayBeAWholeFloat(): void
    {
        $signedIn = $this->auth()->signIn($this->psr7('POST'), 'Ada', ['maxLifetime' => 60.0, 'expire' => 60.0]);
        self::assertInstanceOf(SignedIn::class, $signedIn);
        self::assertStringContainsString('; Max-Age=60; ', $signedIn->headers['Set-Cookie']);
    }

    public function testTheHostThatATrustedProxyForwardsIsItsOwn(): void
    {
        $server = ['REMOTE_ADDR' => '10.0.0.1', 'HTTP_HOST' => 'internal', 'HTTP_X_FORWARDED_HOST' => 'app.example', 'HTTP_ORIGIN' => 'https://app.example'];
        $request = static fn (): Request => Request::create('http://internal/login', 'POST', [], [], [], $server);
        self::assertSame(403, self::refusalOf($this->auth()->signIn($request(), 'Ada'))->status);
        Request::setTrustedProxies(['10.0.0.1'], Request::HEADER_X_FORWARDED_HOST);
        try {
            self::assertInstanceOf(SignedIn::class, $this->auth()->signIn($request(), 'Ada'));
        } finally {
            Request::setTrustedProxies([], Request::HEADER_X_FORWARDED_HOST);
        }
    }

    public function testHeadersAreAddedBesideThoseOfTheResponse(): void
    {
        $auth = $this->auth();
        $signedIn = $auth->signIn($this->psr7('POST'), 'Ada');
        self::assertInstanceOf(SignedIn::class, $signedIn);
        $psr7 = $signedIn->addTo((new Psr17Factory())->createResponse()->withHeader('Set-Cookie', 'a=b')->withHeader('Cache-Control', 'public'));
        self::assertSame(['a=b', "__Host-rwt=$signedIn->token; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax"], $psr7->getHeader('Set-Cookie'));
        self::assertSame(['no-store'], $psr7->getHeader('Cache-Control'));
        $symfony = $signedIn->addTo(new Response('', 200, ['Set-Cookie' => 'a=b']));
        self::assertCount(2, $symfony->headers->getCookies());
    }

    public function testASessionThatAnotherTabEndedIsRefusedAndItsCookieDroppedOnDemand(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign('Ada', self::SECRET);
        $rwt->destroy($token, self::SECRET);
        $refusal = self::refusalOf($this->auth()->authenticate($this->psr7()->withHeader('Cookie', "__Host-rwt=$token")));
        $response = (new Psr17Factory())->createResponse(303);
        self::assertSame(['__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax'], $refusal->dropCookie($response)->getHeader('Set-Cookie'));
        self::assertSame([], $refusal->toPsr7(new Psr17Factory())->getHeader('Set-Cookie'));
        $none = self::refusalOf($this->auth()->authenticate($this->psr7()));
        self::assertSame($response, $none->dropCookie($response));
    }

    public function testAnOutageDuringASignInTakesTheNewSessionBack(): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign('Ada', self::SECRET, ['subject' => '42']);
        $names = self::namesOf($old);
        // The old session can't be ended: its key holds something else.
        $this->admin->set($names->session, 'no session', 60);
        $refusal = self::refusalOf($this->auth()->signIn($this->psr7('POST')->withHeader('Authorization', "Bearer $old"), 'Ada', ['subject' => '43']));
        self::assertSame([503, 'reply'], [$refusal->status, $refusal->cause?->reason()]);
        self::assertSame([$names->session], $this->admin->keys('*:s:*'));
    }

    public function testTheMiddlewareIsMissedAndOtherRequestsAreRefused(): void
    {
        foreach (['AuthMiddleware::session needs AuthMiddleware before it' => fn () => AuthMiddleware::session($this->psr7()), 'request must be a request of PSR-7, Symfony or Laravel, or an IncomingRequest, not object' => fn () => $this->auth()->authenticate(['headers' => []])] as $words => $call) {
            try {
                $call();
                self::fail('nothing was thrown');
            } catch (MiddlewareMissing | InvalidOption $error) {
                self::assertSame($words, $error->getMessage());
            }
        }
    }

    public function testNothingShowsASecretOrAToken(): void
    {
        $token = $this->service('phpredis')->sign('Ada', self::SECRET);
        $request = new IncomingRequest('POST', '/login', ['Authorization' => "Bearer $token"]);
        $auth = $this->auth();
        $signedIn = $auth->signIn($request, 'Ada');
        self::assertInstanceOf(SignedIn::class, $signedIn);
        $shown = print_r([$auth, $request, $signedIn], true);
        foreach ([self::SECRET, $token, $signedIn->token] as $hidden) {
            self::assertStringNotContainsString($hidden, $shown);
        }
    }

    public function testAPersistentChoiceIsKeptByRotation(): void
    {
        $auth = $this->auth();
        $signedIn = $auth->signIn($this->psr7('POST'), 'Ada', ['persistent' => false, 'meta' => ['device' => 'iPad']]);
        self::assertInstanceOf(SignedIn::class, $signedIn);
        self::assertSame(['device' => 'iPad', 'persistent' => false], $this->service('phpredis')->session($signedIn->token, self::SECRET)['meta'] ?? null);
        $rotated = $auth->rotateSession($this->psr7('POST')->withHeader('Cookie', "__Host-rwt=$signedIn->token"));
        self::assertInstanceOf(SignedIn::class, $rotated);
        self::assertSame("__Host-rwt=$rotated->token; Path=/; HttpOnly; Secure; SameSite=Lax", $rotated->headers['Set-Cookie']);
    }

    public function testARotationHasAGraceWhateverOtherOptionsItHas(): void
    {
        $auth = $this->auth();
        foreach ([[[], true], [['retry' => true], true], [['retry' => false], false], [['grace' => 0], false]] as [$params, $works]) {
            $old = $auth->signIn($this->psr7('POST'), 'Ada');
            self::assertInstanceOf(SignedIn::class, $old);
            $new = $auth->rotateSession($this->psr7('POST')->withHeader('Cookie', "__Host-rwt=$old->token"), $params);
            self::assertInstanceOf(SignedIn::class, $new);
            self::assertNotInstanceOf(Refusal::class, $auth->authenticate($this->psr7('GET')->withHeader('Cookie', "__Host-rwt=$new->token")));
            $late = $auth->authenticate($this->psr7('GET')->withHeader('Cookie', "__Host-rwt=$old->token"));
            self::assertSame($works, !$late instanceof Refusal);
        }
    }

    private static function refusalOf(mixed $answer): Refusal
    {
        self::assertInstanceOf(Refusal::class, $answer);

        return $answer;
    }
}
