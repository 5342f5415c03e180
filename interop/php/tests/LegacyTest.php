<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Base64Url;
use RedisWebToken\RedisWebToken;

/** Tokens of the libraries of 2017 that another service has exchanged. */
final class LegacyTest extends RedisTestCase
{
    private const OLD = '9f3c-0a1b-77de-4c02-b5e8';
    private const OLD_SECRET = 'az3rty!';

    /** @dataProvider clients */
    public function testAnExchangedTokenStandsForThePresentTokenOfItsSession(string $client): void
    {
        $rwt = $this->legacy($client);
        $token = $rwt->sign(['name' => 'Ada'], self::SECRET, ['subject' => '42', 'expire' => 100]);
        $this->exchange($token);
        self::assertSame(['name' => 'Ada'], $rwt->verify(self::OLD, self::SECRET));
        self::assertSame($token, $rwt->session(self::OLD, self::SECRET)['newToken'] ?? null);
        $new = (string) $rwt->rotate($token, self::SECRET);
        self::assertSame($new, $rwt->session(self::OLD, self::SECRET)['newToken'] ?? null);
        self::assertFalse($rwt->verify($token, self::SECRET), 'the new token has been used');
        $this->admin->expire(self::namesOf($token)->session, 10);
        self::assertTrue($rwt->extend(self::OLD, self::SECRET));
        self::assertGreaterThan(90, $this->admin->ttl(self::namesOf($token)->session));
        self::assertLessThanOrEqual(300, $this->admin->ttl($this->oldKey()), 'the old token is not extended');
        self::assertTrue($rwt->destroy(self::OLD, self::SECRET));
        self::assertFalse($rwt->verify($new, self::SECRET));
        self::assertFalse($rwt->verify(self::OLD, self::SECRET));
        self::assertSame([], $this->admin->keys('*:s:*'));
        self::assertFalse($rwt->destroy(self::OLD, self::SECRET));
    }

    public function testAnExchangedTokenEndsWithItsSession(): void
    {
        $rwt = $this->legacy('phpredis');
        $token = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        $this->exchange($token);
        self::assertFalse($rwt->verify(self::OLD, self::OLDER_SECRET), 'signed with a secret that is not in the list');
        $rwt->destroyAll('42', self::SECRET);
        self::assertFalse($rwt->verify(self::OLD, self::SECRET));
        self::assertFalse($rwt->extend(self::OLD, self::SECRET));
        self::assertFalse($rwt->destroy(self::OLD, self::SECRET));
        self::assertSame(0, $this->admin->exists($this->oldKey()));
    }

    public function testABodyThatIsNoneOpensNothing(): void
    {
        $rwt = $this->legacy('phpredis');
        foreach (['', 'x', str_repeat('A', 55), str_repeat('_', 55)] as $body) {
            $this->admin->hSet($this->oldKey(), 'rwt:upgraded', $body);
            $this->admin->expire($this->oldKey(), 60);
            self::assertFalse($rwt->verify(self::OLD, self::SECRET));
        }
    }

    private function legacy(string $client): RedisWebToken
    {
        return $this->service($client, [], ['legacy' => ['prefix' => 'sess:', 'secret' => self::OLD_SECRET]]);
    }

    private function oldKey(): string
    {
        return 'sess:' . base64_encode(self::OLD . self::OLD_SECRET);
    }

    /** What a service leaves that has exchanged the old token for a new one. */
    private function exchange(string $token): void
    {
        $body = substr((string) Base64Url::decode(substr($token, 4)), 0, 41);
        $this->admin->hMSet($this->oldKey(), ['name' => 'Ada', 'rwt:upgraded' => Base64Url::encode($body)]);
        $this->admin->expire($this->oldKey(), 300);
    }
}
