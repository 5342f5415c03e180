<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Http\IncomingRequest;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\Http\Requirement;
use RedisWebToken\Http\SignedIn;

/** What test/interop/php-http.test.ts doesn't see, which compares challenges with those of TypeScript. */
final class StepUpTest extends RedisTestCase
{
    /** @return array<string, array{array<string, mixed>, array<string, mixed>|null, bool}> the time is how many seconds ago it was */
    public static function demands(): array
    {
        $all = ['maxAge' => 300, 'amr' => ['otp'], 'acr' => ['2']];

        return [
            'young enough' => [['maxAge' => 300], ['at' => 295], true],
            'too old' => [['maxAge' => 300], ['at' => 305], false],
            "another service's clock is ahead" => [['maxAge' => 300], ['at' => -50], true],
            'a time further ahead than clocks are' => [['maxAge' => 300], ['at' => -70], false],
            'nothing is known' => [['maxAge' => 300], null, false],
            'nothing is known of methods' => [['amr' => ['pwd']], null, false],
            'all methods' => [['amr' => ['pwd', 'otp']], ['at' => 9000, 'amr' => ['otp', 'hwk', 'pwd']], true],
            'one method of two' => [['amr' => ['pwd', 'otp']], ['at' => 0, 'amr' => ['pwd']], false],
            'no methods are known' => [['amr' => ['pwd']], ['at' => 0], false],
            'any of the levels' => [['acr' => ['2', '3']], ['at' => 9000, 'acr' => '3'], true],
            'another level' => [['acr' => ['2', '3']], ['at' => 0, 'acr' => '02'], false],
            'no level is known' => [['acr' => ['1']], ['at' => 0], false],
            'all members count' => [$all, ['at' => 1, 'amr' => ['otp'], 'acr' => '2'], true],
            "one of three isn't met" => [$all, ['at' => 1, 'amr' => ['otp']], false],
        ];
    }

    /**
     * @dataProvider demands
     *
     * @param array<string, mixed>      $require
     * @param array<string, mixed>|null $auth
     */
    public function testWhatARequirementDemands(array $require, ?array $auth, bool $isMet): void
    {
        $session = ['auth' => $auth === null ? null : ['at' => time() - $auth['at']] + $auth];
        self::assertSame($isMet, (new Requirement($require))->isMetBy($session));
        self::assertFalse((new Requirement($require))->isMetBy(null));
    }

    public function testAStepUpMeetsItWithTheSameRequestAndWithTheNewToken(): void
    {
        $rwt = $this->service('phpredis');
        $auth = new RequestAuth($rwt, self::SECRET, ['from' => ['bearer', 'cookie'], 'optional' => true]);
        $token = $rwt->sign('Ada', self::SECRET, ['meta' => ['persistent' => false]]);
        $request = new IncomingRequest('POST', 'https://app.example/confirm', ['Cookie' => "__Host-rwt=$token"]);
        $require = ['require' => ['maxAge' => 300, 'amr' => ['otp']]];
        $refused = $auth->authenticate($request, $require);
        self::assertInstanceOf(Refusal::class, $refused);
        self::assertSame([401, 'insufficient_user_authentication'], [$refused->status, $refused->error]);
        self::assertIsArray($auth->authenticate($request), 'the session goes on');
        $steppedUp = $auth->reauthenticate($request, ['amr' => ['otp']]);
        self::assertInstanceOf(SignedIn::class, $steppedUp);
        self::assertStringNotContainsString('Max-Age', $steppedUp->headers['Set-Cookie'], 'still a cookie until the browser is closed');
        foreach ([$request, new IncomingRequest('GET', '/', ['Authorization' => "Bearer $steppedUp->token"])] as $each) {
            self::assertIsArray($auth->authenticate($each, $require));
            self::assertIsArray($auth->authenticate($each, ['require' => new Requirement(['amr' => ['otp']])]));
        }
        self::assertFalse($rwt->verify($token, self::SECRET));
    }

    public function testUnknownNamesAreRefused(): void
    {
        $auth = new RequestAuth($this->service('phpredis'), self::SECRET);
        $this->expectException(InvalidOption::class);
        $this->expectExceptionMessage("unknown option requires in authenticate's options; known: require");
        $auth->authenticate(new IncomingRequest('GET', '/', []), ['requires' => ['maxAge' => 300]]);
    }
}
